import { grouped } from '../../table.js'
import type { Row } from '../row.js'
import { churnThrough } from './churn.js'

/** Peers that reset in the middle of a reply. */
export const resets: Row = {
  name: 'resets',
  bar: 'onClose exactly once for each of 5,000 connections that are reset in the middle of a reply',
  beside: true,
  limit: 60,
  async measure(stage, kind) {
    const connections = stage.size(5000, 500)
    const subject = await stage.start(kind, 'server', { serve: 'script' })
    stage.step(`${connections} resets`)
    const flags = { connections, 'reset-every': 1, request: 'big 1000000', concurrency: 32, timeout: 50 }
    const { served } = await churnThrough(stage, subject, flags)
    const counts = await subject.settled(({ closed }) => closed === connections)
    const { opened, closed, afterClose, live } = counts
    const passed = [served, opened, closed].every((count) => count === connections) && afterClose + live === 0
    return {
      text: `${grouped(opened)} opened, ${grouped(closed)} closed, ${afterClose} calls after a close, ${live} left`,
      passed,
      values: { connections, served, ...counts }
    }
  }
}
