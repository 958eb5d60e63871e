import type { Cores } from '../cores.js'
import { type FigureName, type Sample, units } from '../figures.js'
import { measureIdle } from '../idleness.js'
import type { Running } from '../peer.js'
import { FreshLoad } from './server-load.js'

/** How much memory a connection takes on which nothing happens. */
export class IdleMemory extends FreshLoad {
  readonly unit = units.connection
  readonly figures: readonly FigureName[] = ['bytes']
  readonly #connections: number

  constructor(connections: number) {
    super()
    this.#connections = connections
  }

  protected override async measure(server: Running, cores: Cores | null): Promise<Sample> {
    const { bytesEach, answered } = await measureIdle(server, this.#connections, 0.1, cores)
    if (answered < this.#connections) throw new Error(`only ${answered} of ${this.#connections} were answered`)
    return { bytes: bytesEach }
  }
}
