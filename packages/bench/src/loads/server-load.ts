import type { Cores } from '../cores.js'
import type { FigureName, Sample, Unit } from '../figures.js'
import { type Peer, type Running, startPeer, stopPeer } from '../peer.js'
import type { Load, Size, Trial } from './load.js'

/** Two significant digits are enough for a number of messages. */
export function rounded(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return Math.max(1, Math.round(count / unit) * unit)
}

/** A load on a server of its own, which any machine can run. */
abstract class ServerLoad implements Load {
  abstract readonly unit: Unit
  abstract readonly figures: readonly FigureName[]

  absent(): string | null {
    return null
  }

  abstract prepare(peer: Peer, cores: Cores | null): Promise<Trial>
}

/** A load on a server that runs from the first round to the last, its code hot. */
export abstract class LastingLoad extends ServerLoad {
  /** Checks the server's answers and lets its code become hot; answers with a guess at what it does in a second. */
  protected abstract warmUp(server: Running, core: number | undefined): Promise<number>

  /** One run. */
  protected abstract measure(server: Running, size: Size, core: number | undefined): Promise<Sample>

  /** What the warm server does in a second, by a short run. */
  protected async calibrate(server: Running, guess: number, core: number | undefined): Promise<number> {
    return (await this.measure(server, { amount: rounded(guess / 4), slowest: guess }, core)).perSecond ?? guess
  }

  async prepare(peer: Peer, cores: Cores | null): Promise<Trial> {
    const server = await startPeer(peer, cores)
    try {
      const guess = await this.warmUp(server, cores?.load)
      return {
        rate: await this.calibrate(server, guess, cores?.load),
        run: (size) => this.measure(server, size, cores?.load),
        close: () => stopPeer(server)
      }
    } catch (error) {
      await stopPeer(server)
      throw error
    }
  }
}

/** A measurement of a server that has just been started: each run has a new one. */
export abstract class FreshLoad extends ServerLoad {
  protected abstract measure(server: Running, cores: Cores | null): Promise<Sample>

  async prepare(peer: Peer, cores: Cores | null): Promise<Trial> {
    const run = async () => {
      const server = await startPeer(peer, cores)
      try {
        return await this.measure(server, cores)
      } finally {
        await stopPeer(server)
      }
    }
    return { rate: null, run, close: async () => {} }
  }
}
