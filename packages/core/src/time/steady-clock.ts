/** A monotonic clock, in milliseconds. */
export interface Clock {
  now(): number
}

interface Stall {
  /** When the loop stood still, on the clock beneath. */
  readonly from: number
  readonly length: number
  /** How much had been lost before. */
  readonly before: number
}

/** Older stalls are forgotten: the loop has run many times since, and has read what there was. */
const REMEMBERED = 64

/** A clock that stands still while its loop does, so that nobody is late for time in which nobody could be heard. */
export class SteadyClock {
  readonly #clock: Clock
  #stalls: Stall[] = []
  #lost = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() - this.#lost
  }

  /** What this clock showed when the one beneath showed `moment`. */
  at(moment: number): number {
    const stalls = this.#stalls
    for (let i = stalls.length - 1; i >= 0; i--) {
      const { from, length, before } = stalls[i] as Stall
      if (moment >= from) return moment - before - Math.min(moment - from, length)
    }
    return moment - (stalls[0]?.before ?? 0)
  }

  /** The loop has stood still since `from` on the clock beneath, for `length` milliseconds. */
  stoodStill(from: number, length: number): void {
    this.#stalls.push({ from, length, before: this.#lost })
    if (this.#stalls.length > REMEMBERED) this.#stalls.shift()
    this.#lost += length
  }
}
