import { Child } from '../child.js'
import { pinned } from '../cores.js'
import { type FigureName, type Sample, type Unit, units } from '../figures.js'
import { cpuTime } from '../measure.js'
import type { Running } from '../peer.js'
import { cPrograms } from '../programs.js'
import type { Size } from './load.js'
import { LastingLoad } from './server-load.js'

/** What our own load generator sends. */
export interface LoadShape {
  readonly mode: 'raw' | 'line' | 'ping_inline' | 'ping_mbulk' | 'set' | 'get'
  readonly connections: number
  readonly pipeline: number
  /** Of a raw or line message. */
  readonly bytes: number
}

/** What our own load generator tells; latencies are in microseconds. */
export interface Report {
  readonly messages: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

/** The flags of a program that plays the client. */
export function flagsOf(flags: Readonly<Record<string, string | number>>): readonly string[] {
  return Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, `${value}`])
}

/**
 * Runs a client that stops at two gates, before and after what is to be measured, so that the server's CPU time is read while
 * all connections are open and at rest. Answers with what the client told and the CPU time in nanoseconds.
 */
export async function runGated<R = Report>(
  pid: number,
  command: readonly string[]
): Promise<[report: R, used: number]> {
  const child = await Child.start(command)
  await child.line()
  const before = cpuTime(pid)
  child.proceed()
  const report = JSON.parse(await child.line()) as R
  const used = cpuTime(pid) - before
  child.proceed()
  await child.output()
  return [report, used]
}

function command(shape: LoadShape, port: number, core: number | undefined, more: readonly string[]): readonly string[] {
  return pinned([cPrograms.load, ...flagsOf({ port, ...shape }), ...more], core)
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
export class OwnLoad extends LastingLoad {
  readonly unit: Unit
  readonly figures: readonly FigureName[] = ['cpu', 'perSecond', 'p50', 'p99', 'p999']
  /** Each connection sends some batches. */
  readonly least: number
  readonly #shape: LoadShape
  /** How many units a message is. */
  readonly #weight: number

  /** With `per` KiB, costs and rates are told for each KiB instead of each message. */
  constructor(shape: LoadShape, per: 'message' | 'kibibyte' = 'message') {
    super()
    this.#shape = shape
    this.unit = units[per]
    this.#weight = per === 'kibibyte' ? shape.bytes / 1024 : 1
    this.least = 4 * shape.connections * shape.pipeline * this.#weight
  }

  protected override async warmUp(server: Running, core: number | undefined): Promise<number> {
    return (await exerciseServer(server, this.#shape, 1, core)).perSecond * this.#weight
  }

  protected override async measure(server: Running, size: Size, core: number | undefined): Promise<Sample> {
    const { connections, pipeline } = this.#shape
    const messages = Math.max(1, Math.round(size.amount / this.#weight))
    const flags = [...flagsOf({ messages, warmup: connections * pipeline * 2 }), '--gate']
    const [report, used] = await runGated(server.child.pid, command(this.#shape, server.port, core, flags))
    const { perSecond, p50, p99, p999 } = report
    return {
      cpu: used / (report.messages * this.#weight),
      perSecond: perSecond * this.#weight,
      p50,
      p99,
      p999
    }
  }
}
