import type { AdmissionOptions } from '@shiny/core'
import { Client } from '../client.js'
import type { Row } from '../row.js'
import type { Subject } from '../subject.js'

/** How many of `count` clients, from so many addresses in turn, are served at the same time. */
async function admittedOf(
  subject: Subject,
  limits: AdmissionOptions['limits'],
  count: number,
  sources: number
): Promise<number[]> {
  const { ports } = await subject.ask<{ ports: [number] }>(`open ${JSON.stringify({ limits })}`)
  const bySource = Array.from({ length: sources }, () => 0)
  const clients: Client[] = []
  for (let done = 0; done < count; done += 100) {
    const batch = Array.from({ length: 100 }, (_, i) => {
      return new Client({ port: ports[0], localAddress: `127.0.0.${1 + ((done + i) % sources)}` })
    })
    clients.push(...batch)
    const answers = await Promise.all(batch.map((client) => client.ask('hello', 5)))
    for (const [i, answer] of answers.entries()) if (answer !== null) bySource[(done + i) % sources]!++
  }
  await subject.ask('shut')
  for (const client of clients) client.destroy()
  return bySource
}

/** More clients than are allowed: in all, from one address, in a second. */
export const limits: Row = {
  name: 'limits',
  bar: 'exactly 100 of 500 admitted in all, 5 of each of 40 addresses, and by rate no more than its burst and seconds allow',
  beside: false,
  limit: 60,
  async measure(stage) {
    const subject = await stage.start('shiny', 'doors')
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
    stage.step('in all')
    const inAll = sum(await admittedOf(subject, { maxConnections: 100 }, 500, 4))
    stage.step('for each address')
    const each = await admittedOf(subject, { maxConnectionsPerPeer: 5 }, 800, 40)
    const offEach = each.filter((count) => count !== 5).length
    stage.step('by rate')
    const [perSecond, burst] = [50, 20]
    const begun = performance.now()
    const byRate = sum(await admittedOf(subject, { acceptRate: { perSecond, burst } }, 1000, 4))
    const seconds = (performance.now() - begun) / 1000
    const most = Math.ceil(burst + perSecond * seconds)
    return {
      text: `${inAll} in all; ${offEach} of 40 addresses with other than 5; by rate ${byRate} in ${seconds.toFixed(2)} s, at most ${most}`,
      passed: inAll === 100 && offEach === 0 && byRate >= burst && byRate <= most,
      values: { inAll, offEach, byRate, seconds, most }
    }
  }
}
