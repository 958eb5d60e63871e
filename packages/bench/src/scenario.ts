import type { FigureName } from './figures.js'
import type { Load } from './loads/load.js'
import type { Peer } from './peer.js'
import type { PeerName } from './peers.js'

/** What one peer's figure may be: a part of another's, so much more than another's, or no more than a value. */
export interface Target {
  readonly of: PeerName
  readonly kind: 'ratio' | 'difference' | 'value'
  /** Whose figure it is held against; null for a value. */
  readonly against: PeerName | null
  readonly atMost: number
  /** The load's first figure unless it is another. */
  readonly figure?: FigureName
  /** What holds in its place where the floor itself misses the target, so that nobody can meet it. */
  readonly elseOfFloor?: { readonly floor: PeerName; readonly atMost: number }
}

/** A point of a curve: what grows from scenario to scenario, and how much of it there is in this one. */
export interface Point {
  readonly of: string
  readonly at: number
}

/** One comparison: some peers under the same load. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Words that select it, beside its name. */
  readonly tags: readonly string[]
  /** Whether it is measured only when it is selected by a word. */
  readonly extra?: boolean
  /** In the order in which they are measured; the others are compared with the first that is present. */
  readonly peers: readonly Peer[]
  readonly load: Load
  readonly targets: readonly Target[]
  readonly point?: Point
}
