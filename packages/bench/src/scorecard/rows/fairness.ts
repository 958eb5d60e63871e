import { cPrograms } from '../../programs.js'
import { healthyP99 } from '../latency.js'
import type { Row } from '../row.js'

/** One connection that sends as fast as it can, and another that asks now and then. */
export const fairness: Row = {
  name: 'fairness',
  bar: 'p99 of one connection below 5 ms while another floods the server',
  beside: true,
  limit: 30,
  async measure(stage, kind) {
    const seconds = stage.size(4, 1)
    const subject = await stage.start(kind, 'server')
    const alone = await healthyP99(stage, subject, seconds / 4)
    stage.step('one connection floods')
    const flood = ['--port', `${subject.port}`, '--connections', '1', '--pipeline', '4000', '--bytes', '1024']
    // The two clients share a core: the one that is timed goes first.
    const flooding = await stage.load(['nice', '-n', '19', cPrograms.load, ...flood, '--seconds', `${seconds + 1}`])
    const p99 = await healthyP99(stage, subject, seconds)
    const [line = ''] = await flooding.output()
    const { perSecond } = JSON.parse(line) as { perSecond: number }
    const rate = (perSecond * 1024) / 1e6
    return {
      text: `p99 ${p99.toFixed(3)} ms beside ${Math.round(rate)} MB/s (${alone.toFixed(3)} ms alone)`,
      passed: p99 < 5,
      values: { p99Ms: p99, p99AloneMs: alone, floodMegabytesPerSecond: rate }
    }
  }
}
