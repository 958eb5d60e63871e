import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.js'
import { pinned } from './cores.js'
import type { Load } from './load.js'
import { cpuTime, type Sample } from './measure.js'
import { exerciseServer } from './own-load.js'
import type { Running } from './peer.js'
import { findProgram } from './programs.js'

/** One of redis-benchmark's tests. */
export type RedisTest = 'ping_inline' | 'ping_mbulk' | 'set' | 'get'

/** One row of `--csv` by the names of its head. */
function parseCsv(lines: readonly string[]): Record<string, string> {
  const rows = lines.filter((line) => line.startsWith('"')).map((line) => line.slice(1, -1).split('","'))
  const [head, row] = rows
  if (head === undefined || row === undefined) throw new Error('redis-benchmark printed no result')
  return Object.fromEntries(head.map((name, i) => [name, row[i] ?? '']))
}

/** The load of redis-benchmark. Its CPU figures hold what opening and closing its connections costs the server. */
export class RedisBenchmark implements Load {
  readonly unit = 'request'
  readonly #test: RedisTest
  readonly #pipeline: number
  readonly #clients: number

  constructor(test: RedisTest, pipeline: number, clients: number) {
    this.#test = test
    this.#pipeline = pipeline
    this.#clients = clients
  }

  absent(): string | null {
    return findProgram('redis-benchmark') === null ? 'redis-benchmark is not installed' : null
  }

  /** By our own load, which checks each reply; redis-benchmark does not. */
  async warmUp(server: Running, core: number | undefined): Promise<number> {
    const shape = { mode: this.#test, connections: this.#clients, pipeline: this.#pipeline, bytes: 64 } as const
    return (await exerciseServer(server, shape, 1, core)).perSecond
  }

  async run(server: Running, messages: number, core: number | undefined): Promise<Sample> {
    const flags = { p: server.port, t: this.#test, P: this.#pipeline, c: this.#clients, n: messages }
    const args = Object.entries(flags).flatMap(([flag, value]) => [`-${flag}`, `${value}`])
    const before = cpuTime(server.child.pid)
    const child = await Child.start(pinned(['redis-benchmark', '-h', '127.0.0.1', ...args, '--csv'], core))
    const row = parseCsv(await child.output())
    // The server has yet to see that the connections are closed.
    await sleep(50)
    const used = cpuTime(server.child.pid) - before
    const microseconds = (name: string) => (row[name] ? Number(row[name]) * 1000 : null)
    return {
      cpu: used / messages,
      messages,
      perSecond: Number(row.rps),
      p50: microseconds('p50_latency_ms'),
      p99: microseconds('p99_latency_ms'),
      p999: null
    }
  }
}
