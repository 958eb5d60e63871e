import { type Rate, TokenBucket } from './token-bucket.js'

/** How many of the oldest entries each call looks at: two for the one that it may add, so that the table shrinks again. */
const SWEPT = 2

/**
 * A token bucket for each peer, in bounded memory: a peer whose bucket has filled up again is forgotten, and above `capacity`
 * the one that has not been heard of for longest. Who owns many addresses gains nothing but a full bucket for each; the rate
 * of all together is for the bucket of the server.
 */
export class PeerRates {
  readonly #rate: Rate
  readonly #capacity: number
  /** In the order of the last use. */
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(rate: Rate, capacity = 65536) {
    this.#rate = rate
    this.#capacity = capacity
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes one of the peer's tokens if there is one. */
  take(peer: string, now: number): boolean {
    const buckets = this.#buckets
    let bucket = buckets.get(peer)
    if (bucket === undefined) bucket = new TokenBucket(this.#rate, now)
    else buckets.delete(peer)
    buckets.set(peer, bucket)
    const taken = bucket.take(this.#rate, now)
    this.#sweep(now)
    return taken
  }

  #sweep(now: number): void {
    const buckets = this.#buckets
    let looked = 0
    for (const [peer, bucket] of buckets) {
      const over = buckets.size > this.#capacity
      if (!over && looked++ === SWEPT) return
      if (over || bucket.isFull(this.#rate, now)) buckets.delete(peer)
    }
  }
}
