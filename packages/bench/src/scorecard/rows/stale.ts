import { exerciseServer } from '../../loads/own-load.js'
import { grouped } from '../../table.js'
import type { Row } from '../row.js'
import { churnThrough } from './churn.js'

interface Called {
  readonly wrong: number
  readonly first: string | null
  readonly afterClose: number
  readonly strangeWakes: number
}

/** Calls on connections that are closed, while others have taken their places. */
export const stale: Row = {
  name: 'stale',
  bar: '1,000,000 calls on closed connections: each does nothing or is refused, and none reaches another connection',
  beside: false,
  limit: 60,
  async measure(stage) {
    const calls = stage.size(1_000_000, 50_000)
    const subject = await stage.start('shiny', 'stale', { seed: stage.dice.roll(1e6) })
    await churnThrough(stage, subject, { connections: 2500 })
    stage.step(`${calls} calls`)
    const shape = { mode: 'line', connections: 50, pipeline: 4, bytes: 64 } as const
    const seconds = stage.size(5, 1)
    // The load fails on any byte that is not its own, and on any connection that is closed under it.
    const [called, , churned] = await Promise.all([
      subject.ask<Called>(`call ${calls}`),
      exerciseServer(subject, shape, seconds, stage.cores?.load),
      churnThrough(stage, subject, { connections: stage.size(10_000, 1000), timeout: 40 })
    ])
    const misdirected = churned.refused + churned.wrong + called.strangeWakes
    const { wrong, first, afterClose } = called
    return {
      text: `${grouped(calls)} calls, ${wrong} wrong${first === null ? '' : ` (${first})`}, ${misdirected} misdirected`,
      passed: wrong + misdirected + afterClose === 0,
      values: { calls, wrong, misdirected, afterClose }
    }
  }
}
