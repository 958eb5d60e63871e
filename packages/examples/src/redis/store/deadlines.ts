/** The time that never comes: no deadline. */
export const NEVER: number = Number.POSITIVE_INFINITY

/**
 * The times at which keys expire, dense, so that looking for those that are due touches nothing else. A record keeps
 * its position here. Removing one moves the last one into its place.
 */
export class Deadlines {
  #times = new Float64Array(0)
  #refs = new Int32Array(0)
  #count = 0
  #earliest = NEVER
  /** The next position of the present sweep, and the earliest time behind it. */
  #next = 0
  #seen = NEVER

  get count(): number {
    return this.#count
  }

  /** No deadline is before this. The first may be later, until a sweep has come around. */
  get earliest(): number {
    return this.#earliest
  }

  /** Bytes of the arrays. */
  get bytes(): number {
    return this.#times.byteLength + this.#refs.byteLength
  }

  /** Adds a deadline and returns its position. */
  add(ref: number, time: number): number {
    if (this.#count === this.#times.length) this.#grow()
    const position = this.#count++
    this.#refs[position] = ref
    this.setTime(position, time)
    return position
  }

  time(position: number): number {
    return this.#times[position]
  }

  setTime(position: number, time: number): void {
    this.#times[position] = time
    if (time < this.#earliest) this.#earliest = time
    if (time < this.#seen) this.#seen = time
  }

  /** The record has moved. */
  setRef(position: number, ref: number): void {
    this.#refs[position] = ref
  }

  /** Removes a deadline. The record that is at `position` now, or 0, is returned: its position has changed. */
  remove(position: number): number {
    const last = --this.#count
    if (last === 0) this.#earliest = NEVER
    if (position === last) return 0
    const time = this.#times[last]
    const ref = this.#refs[last]
    this.#times[position] = time
    this.#refs[position] = ref
    if (time < this.#seen) this.#seen = time
    return ref
  }

  clear(): void {
    this.#times = new Float64Array(0)
    this.#refs = new Int32Array(0)
    this.#count = 0
    this.#earliest = NEVER
    this.#next = 0
  }

  /**
   * Looks at `looks` deadlines, where the last call stopped, and calls `expire` for those due at `now`, `removals`
   * times at most; it must remove them. Answers whether the sweep goes on; at its end `earliest` is exact.
   */
  sweep(now: number, looks: number, removals: number, expire: (ref: number) => void): boolean {
    let left = removals
    for (let look = 0; look < looks; look++) {
      if (this.#next === 0) this.#seen = NEVER
      if (this.#next >= this.#count) {
        this.#next = 0
        this.#earliest = this.#seen
        return false
      }
      const time = this.#times[this.#next]
      if (time <= now) {
        if (left-- === 0) return true
        expire(this.#refs[this.#next])
      } else {
        if (time < this.#seen) this.#seen = time
        this.#next++
      }
    }
    return true
  }

  #grow(): void {
    const capacity = Math.max(64, this.#times.length * 2)
    const times = new Float64Array(capacity)
    const refs = new Int32Array(capacity)
    times.set(this.#times)
    refs.set(this.#refs)
    this.#times = times
    this.#refs = refs
  }
}
