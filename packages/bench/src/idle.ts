import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child, guardChildren } from './child.js'
import { helpText, numberOf, parseFlags, runCommand } from './command-line.js'
import { type Cores, chooseCores, pinned } from './cores.js'
import { describeMachine, renderMachine } from './machine.js'
import { cannotMeasure, cpuTime, residentBytes, sleeps } from './measure.js'
import { type Running, startPeer } from './peer.js'
import { peers } from './peers.js'
import { compilePrograms, cPrograms } from './programs.js'
import { Progress } from './progress.js'
import { figure, layOut } from './table.js'

const flags = {
  connections: { value: 'N', help: 'idle connections to each server', default: '10000' },
  seconds: { value: 'S', help: 'how long they are left idle', default: '3' },
  help: { help: 'show this' }
} as const

interface Idleness {
  readonly bytesEach: number
  readonly idleNs: number
  readonly wakeUps: number
  readonly answered: number
}

/** Opens connections to a server and holds them. */
function hold(server: Running, connections: number, cores: Cores | null): Promise<Child> {
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
  while (readdirSync(`/proc/${pid}/fd`).length < before + connections) {
    if (Date.now() > deadline) throw new Error('the server has not accepted all connections after 20 s')
    await sleep(50)
  }
}

async function measureIdle(
  server: Running,
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

  const descriptors = readdirSync(`/proc/${pid}/fd`).length
  const before = residentBytes(pid)
  const holder = await hold(server, connections, cores)
  await holder.line()
  await untilAccepted(pid, descriptors, connections)
  await sleep(1000)
  const bytesEach = (residentBytes(pid) - before) / connections
  const used = cpuTime(pid)
  const slept = sleeps(pid)
  await sleep(seconds * 1000)
  const idleNs = cpuTime(pid) - used
  const wakeUps = sleeps(pid) - slept
  return { bytesEach, idleNs, wakeUps, answered: await askAll(holder) }
}

async function main(): Promise<number> {
  const given = parseFlags(flags, process.argv.slice(2))
  if (given.help) {
    console.log(helpText('node packages/bench/dist/idle.js [flags]', flags))
    return 0
  }
  const connections = numberOf('connections', given.connections, 1, 25_000)
  const seconds = numberOf('seconds', given.seconds, 0.1, 600, false)
  const obstacle = cannotMeasure()
  if (obstacle !== null) throw new Error(obstacle)
  guardChildren()
  compilePrograms()

  const cores = chooseCores()
  const progress = new Progress()
  const rows = [['', 'RSS bytes/connection', `CPU ns in ${seconds} s idle`, 'wake-ups', `answered of ${connections}`]]
  const failures: string[] = []
  for (const peer of [peers.shiny, peers.net]) {
    progress.begin('idle')
    progress.step(`${connections} connections to ${peer.title}`)
    let server: Running | undefined
    try {
      server = await startPeer(peer, cores?.server)
      const { bytesEach, idleNs, wakeUps, answered } = await measureIdle(server, connections, seconds, cores)
      rows.push([peer.title, figure(bytesEach), figure(idleNs), `${wakeUps}`, `${answered}`])
      if (answered < connections)
        failures.push(`${peer.title}: ${connections - answered} connections were not answered`)
    } catch (error) {
      failures.push(`${peer.title}: ${(error as Error).message}`)
    } finally {
      await server?.child.stop()
    }
  }
  progress.clear()
  process.stdout.write(`${renderMachine(describeMachine(cores))}\n${layOut(rows)}\n`)
  for (const failure of failures) console.log(`  FAILED: ${failure}`)
  return failures.length > 0 ? 1 : 0
}

await runCommand('idle', main)
