import { exerciseServer } from '../loads/own-load.js'
import type { Stage } from './stage.js'
import type { Subject } from './subject.js'

/** The 99th percentile of how long a healthy client waits for an echo of 64 bytes, in milliseconds. */
export async function healthyP99(stage: Stage, subject: Subject, seconds: number): Promise<number> {
  const shape = { mode: 'line', connections: 1, pipeline: 1, bytes: 64 } as const
  const { p99 } = await exerciseServer(subject, shape, seconds, stage.cores?.load)
  return p99 / 1000
}
