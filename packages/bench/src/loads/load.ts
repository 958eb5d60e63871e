import type { Cores } from '../cores.js'
import type { FigureName, Sample, Unit } from '../figures.js'
import type { Peer } from '../peer.js'

/** How much one run does. */
export interface Size {
  /** Messages, or whatever the load counts. */
  readonly amount: number
  /** What the slowest of the peers that are compared did in a second when it was prepared. */
  readonly slowest: number
}

/** One peer, ready to be measured round after round. */
export interface Trial {
  /** What it did in a second when it was prepared; null when all runs of this load are of one size. */
  readonly rate: number | null
  readonly run: (size: Size) => Promise<Sample>
  readonly close: () => Promise<void>
}

/** A way of putting load on a peer and measuring it. */
export interface Load {
  readonly unit: Unit
  /** What its samples hold, in the order of the table's columns. Targets are about the first unless they say so. */
  readonly figures: readonly FigureName[]
  /** What a run must count at least for its figures to mean something. */
  readonly least?: number
  /** Why it cannot run here, or null. */
  readonly absent: () => string | null
  readonly prepare: (peer: Peer, cores: Cores | null) => Promise<Trial>
}
