import { measureIdle } from '../../idleness.js'
import { grouped } from '../../table.js'
import { descriptorLimit } from '../report.js'
import type { Row } from '../row.js'

/** Descriptors that a process needs for itself. */
const reserve = 500

/** Idle connections to one process, as many as the limit of descriptors grants and no more than 19,500. */
export const held: Row = {
  name: 'held',
  bar: 'all held (19,500, or what the descriptors allow) and all answer a ping',
  beside: true,
  limit: 60,
  async measure(stage, kind) {
    const connections = Math.min(stage.size(19_500, 2000), descriptorLimit() - reserve)
    const subject = await stage.start(kind, 'server')
    stage.step(`${connections} connections`)
    const { bytesEach, answered } = await measureIdle(subject, connections, 0.5, stage.cores)
    return {
      text: `${grouped(answered)} of ${grouped(connections)} held and answered, ${grouped(bytesEach)} B of memory each`,
      passed: answered === connections,
      values: { connections, answered, bytesEach }
    }
  }
}
