import { figure, grouped } from '../../table.js'
import { type Row, Skip } from '../row.js'
import { steadyHeap } from '../subject.js'
import { churnThrough } from './churn.js'

const mebibyte = 1024 * 1024

/** How the memory of a process grows while connections come and go: from one batch's end to another's, after garbage collection. */
export const growth: Row = {
  name: 'growth',
  bar: 'at most 2 MiB of memory for a million connections, after garbage collection',
  beside: true,
  limit: 90,
  async measure(stage, kind) {
    if (stage.quick) throw new Skip('a quick run has too few connections to tell growth from noise')
    const batches = 6
    const connections = kind === 'shiny' ? 40_000 : 15_000
    const subject = await stage.start(kind, 'server', {}, { node: steadyHeap })
    const sizes: number[] = []
    // The first two are not counted: they compile the code and fill the heap's first pages.
    for (let batch = -1; batch <= batches; batch++) {
      stage.step(`batch ${batch} of ${batches}, ${connections} connections each`)
      await churnThrough(stage, subject, { connections, timeout: 60 })
      await subject.settled(({ opened, closed }) => opened === closed)
      sizes.push(await subject.residentBytes())
    }
    const grown = sizes.at(-1)! - sizes[1]!
    const perMillion = (grown / (batches * connections)) * 1e6
    const spent = grouped(batches * connections)
    return {
      text: `${figure(perMillion / mebibyte)} MiB a million (${grouped(grown / 1024)} KiB in ${spent})`,
      passed: perMillion <= 2 * mebibyte,
      values: { connections: batches * connections, grownBytes: grown, perMillionBytes: perMillion }
    }
  }
}
