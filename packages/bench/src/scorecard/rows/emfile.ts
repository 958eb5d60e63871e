import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../../child.js'
import { findProgram } from '../../programs.js'
import { Client } from '../client.js'
import type { Row } from '../row.js'

/** So few descriptors that most clients must wait for others to leave. */
const descriptorLimit = 64

/** More clients than a server has descriptors for. */
export const emfile: Row = {
  name: 'emfile',
  bar: 'all clients finally served by a server with 64 descriptors; CPU while it is full below 20 %',
  beside: true,
  limit: 40,
  obstacle: () => (findProgram('prlimit') === null ? 'prlimit is not installed' : null),
  async measure(stage, kind) {
    const wanted = stage.size(500, 200)
    const subject = await stage.start(kind, 'server')
    // Not from the beginning: loading its modules takes Node.js more than that at a time.
    const limit = `--nofile=${descriptorLimit}:${descriptorLimit}`
    await (await Child.start(['prlimit', '--pid', `${subject.pid}`, limit])).output()
    stage.step(`${wanted} clients`)
    const clients = Array.from({ length: wanted }, () => new Client(subject))
    for (const { socket } of clients) socket.once('connect', () => socket.write('ping\n'))
    await sleep(500)
    const cpu = await subject.cpuPercent(2)
    // Now each leaves when it has been served, which makes room for the next.
    stage.step('clients leave when they have been served')
    const all = clients.map(async (client) => {
      await client.until(() => client.ended || client.received === 'ping\n', 8)
      client.destroy()
      return client.received === 'ping\n'
    })
    const served = (await Promise.all(all)).filter(Boolean).length
    return {
      text: `${served} of ${wanted} served, CPU ${cpu.toFixed(1)} % while full`,
      passed: served === wanted && cpu < 20,
      values: { wanted, served, cpuPercent: cpu }
    }
  }
}
