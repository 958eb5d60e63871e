import { Child } from './child.js'
import { pinned } from './cores.js'
import type { Load } from './load.js'
import { cpuTime, type Sample } from './measure.js'
import type { Running } from './peer.js'
import { cPrograms } from './programs.js'

/** What our own load generator sends. */
export interface LoadShape {
  readonly mode: 'raw' | 'line' | 'ping_inline' | 'ping_mbulk' | 'set' | 'get'
  readonly connections: number
  readonly pipeline: number
  /** Of a raw or line message. */
  readonly bytes: number
}

/** What our own load generator tells. */
export type Report = Omit<Sample, 'cpu'>

function command(shape: LoadShape, port: number, core: number | undefined, more: readonly string[]): readonly string[] {
  const { mode, connections, pipeline, bytes } = shape
  const flags = { port, mode, connections, pipeline, bytes }
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, `${value}`])
  return pinned([cPrograms.load, ...args, ...more], core)
}

/** Runs the load for some seconds; every byte that comes back is checked. */
export async function exerciseServer(
  server: Pick<Running, 'port'>,
  shape: LoadShape,
  seconds: number,
  core: number | undefined
): Promise<Report> {
  const child = await Child.start(command(shape, server.port, core, ['--seconds', `${seconds}`]))
  const lines = await child.output()
  return JSON.parse(lines[0]!) as Report
}

/** The closed loop of `native/load.c`. */
export class OwnLoad implements Load {
  readonly unit = 'message'
  readonly #shape: LoadShape

  constructor(shape: LoadShape) {
    this.#shape = shape
  }

  absent(): null {
    return null
  }

  async warmUp(server: Running, core: number | undefined): Promise<number> {
    return (await exerciseServer(server, this.#shape, 1, core)).perSecond
  }

  /** The load stops at two gates, so that the server's CPU time is read while all connections are open and at rest. */
  async run(server: Running, messages: number, core: number | undefined): Promise<Sample> {
    const warmup = this.#shape.connections * this.#shape.pipeline * 2
    const flags = ['--messages', `${messages}`, '--warmup', `${warmup}`, '--gate']
    const child = await Child.start(command(this.#shape, server.port, core, flags))
    await child.line()
    const before = cpuTime(server.child.pid)
    child.proceed()
    const report = JSON.parse(await child.line()) as Report
    const used = cpuTime(server.child.pid) - before
    child.proceed()
    await child.output()
    const { perSecond, p50, p99, p999 } = report
    return { cpu: used / report.messages, messages: report.messages, perSecond, p50, p99, p999 }
  }
}
