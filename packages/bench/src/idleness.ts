import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.js'
import { type Cores, pinned } from './cores.js'
import { cpuTime, descriptors, residentBytes, sleeps } from './measure.js'
import type { Running } from './peer.js'
import { cPrograms } from './programs.js'

type Held = Pick<Running, 'port' | 'child'>

/** What held connections cost. */
export interface Idleness {
  readonly bytesEach: number
  readonly idleNs: number
  readonly wakeUps: number
  readonly answered: number
}

/** Opens connections to a server and holds them. */
function hold(server: Held, connections: number, cores: Cores | null): Promise<Child> {
  const command = [cPrograms.hold, '--port', `${server.port}`, '--connections', `${connections}`]
  return Child.start(pinned(command, cores?.load))
}

/** Lets the holder ask each connection for one echo and end; answers with the number that were answered. */
async function askAll(holder: Child): Promise<number> {
  holder.proceed()
  const { answered } = JSON.parse(await holder.line()) as { answered: number }
  holder.proceed()
  await holder.output()
  return answered
}

/** Waits until a server has as many descriptors more as there are connections, which it then has accepted. */
async function untilAccepted(pid: number, before: number, connections: number): Promise<void> {
  const deadline = Date.now() + 20_000
  while (descriptors(pid) < before + connections) {
    if (Date.now() > deadline) throw new Error('the server has not accepted all connections after 20 s')
    await sleep(50)
  }
}

/** Opens connections, leaves them idle and then asks each for one echo. */
export async function measureIdle(
  server: Held,
  connections: number,
  seconds: number,
  cores: Cores | null
): Promise<Idleness> {
  const { pid } = server.child
  // What the first connections load and compile is not the price of a connection.
  const first = await hold(server, Math.min(connections, 200), cores)
  await first.line()
  await askAll(first)
  await sleep(300)

  const before = descriptors(pid)
  const empty = residentBytes(pid)
  const holder = await hold(server, connections, cores)
  await holder.line()
  await untilAccepted(pid, before, connections)
  await sleep(1000)
  const bytesEach = (residentBytes(pid) - empty) / connections
  const used = cpuTime(pid)
  const slept = sleeps(pid)
  await sleep(seconds * 1000)
  const idleNs = cpuTime(pid) - used
  const wakeUps = sleeps(pid) - slept
  return { bytesEach, idleNs, wakeUps, answered: await askAll(holder) }
}
