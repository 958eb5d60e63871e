import type { Load } from './load.js'
import type { PeerName } from './peers.js'

/** What one peer's CPU per message may be in comparison with another's. */
export interface Target {
  readonly of: PeerName
  readonly against: PeerName
  readonly atMost: number
}

/** One comparison: some peers under the same load. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Words that select it, beside its name. */
  readonly tags: readonly string[]
  /** In the order in which they are measured; the others are compared with the first that is present. */
  readonly peers: readonly PeerName[]
  readonly load: Load
  readonly targets: readonly Target[]
}
