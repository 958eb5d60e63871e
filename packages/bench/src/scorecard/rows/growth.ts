import { slopeOf } from '../../statistics.js'
import { figure, grouped } from '../../table.js'
import { type Row, Skip } from '../row.js'
import { steadyHeap } from '../subject.js'
import { churnThrough } from './churn.js'

/** How many batches come before those that count. */
const warmUp = 3
const mebibyte = 1024 * 1024

/** How the memory of a process grows while connections come and go, seen after garbage collection. */
export const growth: Row = {
  name: 'growth',
  bar: 'at most 2 MiB of memory for a million connections, after garbage collection',
  beside: true,
  limit: 120,
  async measure(stage, kind) {
    if (stage.quick) throw new Skip('a quick run has too few connections to tell growth from noise')
    const batches = 10
    const connections = kind === 'shiny' ? 50_000 : 10_000
    const subject = await stage.start(kind, 'server', {}, { node: steadyHeap })
    const sizes: number[] = []
    // The first are not counted: they compile the code and fill the heap's first pages.
    for (let batch = 1 - warmUp; batch <= batches; batch++) {
      stage.step(`batch ${batch} of ${batches}, ${connections} connections each`)
      await churnThrough(stage, subject, { connections, timeout: 60 })
      await subject.settled(({ opened, closed }) => opened === closed)
      sizes.push(await subject.residentBytes())
    }
    // One size is off by some hundred kilobytes either way, as pages come and go: the trend is what counts.
    const perMillion = (slopeOf(sizes.slice(warmUp)) / connections) * 1e6
    const spent = grouped(batches * connections)
    return {
      text: `${figure(perMillion / mebibyte)} MiB a million, by the trend over ${spent}`,
      passed: perMillion <= 2 * mebibyte,
      values: { connections: batches * connections, perMillionBytes: perMillion }
    }
  }
}
