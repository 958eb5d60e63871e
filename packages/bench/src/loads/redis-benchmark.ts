import { freemem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../child.js'
import { pinned } from '../cores.js'
import { type FigureName, type Sample, units } from '../figures.js'
import { cpuTime } from '../measure.js'
import type { Running } from '../peer.js'
import { findProgram } from '../programs.js'
import { bytesPerKey, fillKeys } from './keys.js'
import type { Size } from './load.js'
import { exerciseServer } from './own-load.js'
import { LastingLoad } from './server-load.js'

/** One of redis-benchmark's tests. */
export type RedisTest = 'ping_inline' | 'ping_mbulk' | 'set' | 'get'

/** What redis-benchmark is told. */
export interface RedisShape {
  readonly test: RedisTest
  readonly pipeline: number
  readonly clients: number
  /** How many different keys there are, all of which exist before the first run; without it there is one. */
  readonly keys?: number
}

/** One row of `--csv` by the names of its head. */
function parseCsv(lines: readonly string[]): Record<string, string> {
  const rows = lines.filter((line) => line.startsWith('"')).map((line) => line.slice(1, -1).split('","'))
  const [head, row] = rows
  if (head === undefined || row === undefined) throw new Error('redis-benchmark printed no result')
  return Object.fromEntries(head.map((name, i) => [name, row[i] ?? '']))
}

/** The load of redis-benchmark. Its CPU figures hold what opening and closing its connections costs the server. */
export class RedisBenchmark extends LastingLoad {
  readonly unit = units.request
  readonly figures: readonly FigureName[] = ['cpu', 'perSecond', 'p50', 'p99']
  readonly #shape: RedisShape

  constructor(shape: RedisShape) {
    super()
    this.#shape = shape
  }

  override absent(): string | null {
    if (findProgram('redis-benchmark') === null) return 'redis-benchmark is not installed'
    // Two servers hold them at the same time.
    const needed = 2 * bytesPerKey * (this.#shape.keys ?? 0)
    const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20)
    if (freemem() > 1.25 * needed) return null
    return `it needs ${mebibytes(needed)} MiB of memory, and ${mebibytes(freemem())} are free`
  }

  /** By our own load, which checks each reply; redis-benchmark does not. */
  protected override async warmUp(server: Running, core: number | undefined): Promise<number> {
    const { test, pipeline, clients, keys } = this.#shape
    if (keys !== undefined) await fillKeys(server, keys, 3, core)
    return (await exerciseServer(server, { mode: test, connections: clients, pipeline, bytes: 64 }, 1, core)).perSecond
  }

  protected override async measure(server: Running, size: Size, core: number | undefined): Promise<Sample> {
    const { test, pipeline, clients, keys } = this.#shape
    const flags = { p: server.port, t: test, P: pipeline, c: clients, n: size.amount, ...(keys && { r: keys }) }
    const args = Object.entries(flags).flatMap(([flag, value]) => [`-${flag}`, `${value}`])
    const before = cpuTime(server.child.pid)
    const child = await Child.start(pinned(['redis-benchmark', '-h', '127.0.0.1', ...args, '--csv'], core))
    const row = parseCsv(await child.output())
    // The server has yet to see that the connections are closed.
    await sleep(50)
    const used = cpuTime(server.child.pid) - before
    const sample = { cpu: used / size.amount, perSecond: Number(row.rps) }
    if (!row.p50_latency_ms) return sample
    return { ...sample, p50: Number(row.p50_latency_ms) * 1000, p99: Number(row.p99_latency_ms) * 1000 }
  }
}
