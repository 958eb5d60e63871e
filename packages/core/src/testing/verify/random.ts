/** Random numbers, the same for the same seed. */
export class Random {
  #state: number

  /** `seed`: an integer of 0 to 2³² − 1. */
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer of 0 to `limit` − 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    const state = this.#state
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }

  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}
