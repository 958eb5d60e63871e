import { Child } from '../child.js'
import { type Cores, pinned } from '../cores.js'
import { type FigureName, type Sample, units } from '../figures.js'
import type { Peer } from '../peer.js'
import { spreadOf } from '../statistics.js'
import type { Load, Trial } from './load.js'

/** How long a program takes from being started to its end; those that serve end as soon as they listen. */
export class StartUp implements Load {
  readonly unit = units.start
  readonly figures: readonly FigureName[] = ['milliseconds']
  readonly #times: number

  /** A sample is the median of so many starts. */
  constructor(times: number) {
    this.#times = times
  }

  absent(): null {
    return null
  }

  async prepare(peer: Peer, cores: Cores | null): Promise<Trial> {
    const start = async () => {
      const began = performance.now()
      const child = await Child.start(pinned(peer.command(0, 0), cores?.server), peer.env)
      await child.output()
      return performance.now() - began
    }
    const run = async (): Promise<Sample> => {
      const times: number[] = []
      for (let i = 0; i < this.#times; i++) times.push(await start())
      return { milliseconds: spreadOf(times).median }
    }
    // The files are in the page cache from here on.
    await start()
    return { rate: null, run, close: async () => {} }
  }
}
