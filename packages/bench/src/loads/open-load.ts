import { pinned } from '../cores.js'
import { type FigureName, type Sample, units } from '../figures.js'
import type { Running } from '../peer.js'
import { cPrograms } from '../programs.js'
import type { Size } from './load.js'
import { exerciseServer, flagsOf, type LoadShape, runGated } from './own-load.js'
import { LastingLoad } from './server-load.js'

/**
 * The open loop of `native/open-load.c`: messages are due at times that do not depend on the answers, and a latency is counted
 * from then on, so that a server that halts for a while is charged for all that should have been answered meanwhile. All peers
 * get the same rate: a part of what the slowest of those that are compared does in a closed loop.
 */
export class OpenLoad extends LastingLoad {
  readonly unit = units.message
  readonly figures: readonly FigureName[] = ['p99', 'p50', 'p999', 'perSecond', 'cpu']
  readonly #connections: number
  readonly #part: number

  constructor(connections: number, part: number) {
    super()
    this.#connections = connections
    this.#part = part
  }

  protected override async warmUp(server: Running, core: number | undefined): Promise<number> {
    const shape: LoadShape = { mode: 'raw', connections: this.#connections, pipeline: 1, bytes: 64 }
    await exerciseServer(server, shape, 1, core)
    return (await exerciseServer(server, shape, 0.5, core)).perSecond
  }

  /** What a run at part of the load achieves says nothing of what the server can do. */
  protected override async calibrate(_server: Running, guess: number): Promise<number> {
    return guess
  }

  protected override async measure(server: Running, size: Size, core: number | undefined): Promise<Sample> {
    const rate = Math.round(size.slowest * this.#part)
    const messages = Math.round(size.amount * this.#part)
    const flags = flagsOf({ port: server.port, connections: this.#connections, bytes: 64, rate, messages })
    const [report, used] = await runGated(server.child.pid, pinned([cPrograms.openLoad, ...flags], core))
    const { p99, p50, p999, perSecond } = report
    return { p99, p50, p999, perSecond, cpu: used / report.messages }
  }
}
