import { cPrograms } from '../../programs.js'
import { grouped } from '../../table.js'
import type { Row } from '../row.js'
import type { Stage } from '../stage.js'
import type { Subject } from '../subject.js'

/** What `native/churn.c` tells. */
export interface Churned {
  readonly served: number
  readonly refused: number
  readonly wrong: number
  readonly seconds: number
}

/** Connects, uses and closes so many connections, many at a time. */
export async function churnThrough(
  stage: Stage,
  subject: Subject,
  flags: Readonly<Record<string, string | number>>
): Promise<Churned> {
  const args = Object.entries({ port: subject.port, ...flags }).flatMap(([flag, value]) => [`--${flag}`, `${value}`])
  const child = await stage.load([cPrograms.churn, ...args])
  const [line = ''] = await child.output()
  return JSON.parse(line) as Churned
}

/** Connections that come, get one echo and go; half of them end, half reset. */
export const churn: Row = {
  name: 'churn',
  bar: 'all echoed; accepted = closed = callbacks; descriptors and live connections back to the start',
  beside: true,
  limit: 90,
  async measure(stage, kind) {
    const connections = stage.size(kind === 'shiny' ? 300_000 : 100_000, 10_000)
    const subject = await stage.start(kind, 'server')
    await churnThrough(stage, subject, { connections: 500 })
    const before = await subject.settled(({ opened, closed }) => opened === 500 && closed === 500)
    const descriptors = subject.descriptors()
    stage.step(`${connections} connections`)
    const { served, refused, wrong, seconds } = await churnThrough(stage, subject, { connections, timeout: 85 })
    const wanted = before.opened + connections
    const { opened, closed, afterClose, live } = await subject.settled(({ closed }) => closed === wanted)
    const more = subject.descriptors() - descriptors
    const passed = served === connections && opened === wanted && closed === wanted && afterClose + live + more === 0
    return {
      text:
        `${grouped(served)} of ${grouped(connections)} echoed, ${grouped(opened - before.opened)} opened, ` +
        `${grouped(closed - before.closed)} closed, ${live} left, ${more} descriptors more; ` +
        `${grouped(connections / seconds)}/s`,
      passed,
      values: { connections, served, refused, wrong, opened, closed, afterClose, live, descriptorsMore: more, seconds }
    }
  }
}
