const SHORTEST = 100
const LONGEST = 10_000
const HEALTHY = 60_000

/** How long to wait before something that ended is started again: twice as long each time, unless it was well for a minute. */
export class Backoff {
  #next = SHORTEST

  /** The wait in milliseconds, after something that was well for `uptime` milliseconds. */
  after(uptime: number): number {
    if (uptime >= HEALTHY) this.#next = SHORTEST
    const wait = this.#next
    this.#next = Math.min(LONGEST, wait * 2)
    return wait
  }
}
