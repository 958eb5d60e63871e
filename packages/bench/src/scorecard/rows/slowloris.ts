import { grouped } from '../../table.js'
import { type Client, openClients } from '../client.js'
import { healthyP99 } from '../latency.js'
import type { Row } from '../row.js'
import type { Stage } from '../stage.js'

const second = 1000

/** Sends a byte a second on each client, spread over the second, and answers with how long each lived, in milliseconds. */
async function drip(stage: Stage, clients: readonly Client[], forMs: number): Promise<(number | null)[]> {
  const lives: (number | null)[] = clients.map(() => null)
  const begun: number[] = []
  const timers: NodeJS.Timeout[] = []
  for (const [i, client] of clients.entries()) {
    client.socket.once('close', () => {
      lives[i] = performance.now() - begun[i]!
    })
    client.socket.once('end', () => client.end())
    const next = () => {
      begun[i] ??= performance.now()
      if (client.ended || client.closed) return
      client.socket.write('x')
      timers[i] = setTimeout(next, second)
    }
    timers[i] = setTimeout(next, (i / clients.length) * second)
  }
  stage.defer(() => {
    for (const timer of timers) clearTimeout(timer)
  })
  const over = performance.now() + forMs
  while (performance.now() < over && lives.includes(null)) await new Promise((resolve) => setTimeout(resolve, 50))
  return lives
}

/** Clients that send a byte a second and never a whole message. */
export const slowloris: Row = {
  name: 'slowloris',
  bar: '2,000 clients at a byte a second all cut by the `read` timeout ± 1 s; p99 of a healthy client below twice what it is without',
  beside: true,
  limit: 40,
  async measure(stage, kind) {
    const count = stage.size(2000, 200)
    const timeout = stage.size(6, 2) * second
    // node:net knows no such timeout; it is given the one for idle sockets that it has.
    const subject = await stage.start(kind, 'server', {
      serve: 'script',
      read: timeout,
      idle: kind === 'net' ? timeout : 0
    })
    const seconds = stage.size(3, 1)
    await healthyP99(stage, subject, 0.5)
    const alone = await healthyP99(stage, subject, seconds)
    stage.step(`${count} clients at a byte a second`)
    const clients = await openClients(count, subject)
    stage.defer(() => {
      for (const client of clients) client.destroy()
    })
    const dripping = drip(stage, clients, timeout + 3 * second)
    const beside = await healthyP99(stage, subject, seconds)
    const lives = (await dripping).filter((life) => life !== null)
    const inTime = lives.filter((life) => Math.abs(life - timeout) <= second).length
    const [least, most] = [Math.min(...lives), Math.max(...lives)]
    const range = lives.length > 0 ? ` after ${(least / second).toFixed(2)} to ${(most / second).toFixed(2)} s` : ''
    return {
      text:
        `${grouped(lives.length)} of ${grouped(count)} cut${range} of ${timeout / second} s; ` +
        `p99 ${alone.toFixed(3)} ms alone, ${beside.toFixed(3)} ms beside them`,
      passed: inTime === count && beside < 2 * alone,
      values: { count, cut: lives.length, inTime, timeoutMs: timeout, p99AloneMs: alone, p99BesideMs: beside }
    }
  }
}
