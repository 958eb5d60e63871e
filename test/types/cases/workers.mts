// workers() takes whatever server, and a pool has what metrics need.

import { line } from '@shiny/codecs'
import { addStats, Connection, Server, type ServerStats, type WorkerPool, workers } from '@shiny/core'
import { registerMetrics } from '@shiny/core/prometheus'
import { type OpenMetricsContentType, Registry, register } from 'prom-client'

class Counting extends Connection<string, string, { count: number }> {
  override onMessage(text: string): void {
    this.app.count += text.length
  }
}

const pool: WorkerPool = await workers(import.meta.url, { listen: [{ port: 1 }, 'unix:///x'], count: 2 }, (index) => {
  return new Server({ codec: line(), connection: Counting, app: { count: index.valueOf() } })
})
void workers(new URL(import.meta.url), { listen: 'tcp://:1', balance: 'handover' }, async () => {
  return new Server({ codec: line(), connection: Counting, app: { count: 0 } })
})

const stats: ServerStats = addStats(await pool.stats(), await pool.stats())
pool.on('exit', (worker, code) => void [worker.threadId.toFixed(), code.toFixed()])
registerMetrics(pool, register)
registerMetrics(pool, new Registry<OpenMetricsContentType>(), { labels: { name: 'x' } })

// @ts-expect-error: Cannot assign to 'turns' because it is a read-only property
stats.turns = 1
// @ts-expect-error: Property 'listen' is missing in type
void workers(import.meta.url, {}, () => new Server({ codec: line(), connection: Counting, app: { count: 0 } }))
// @ts-expect-error: Type 'number' is not assignable to type
void workers(import.meta.url, { listen: 'tcp://:1' }, () => 1)
// @ts-expect-error: Type '"fair"' is not assignable to type
void workers(import.meta.url, { listen: 'tcp://:1', balance: 'fair' }, () => new Server({} as never))
