/** How often something may happen. */
export interface Rate {
  /** Times a second, in the long run. */
  readonly perSecond: number
  /** How often at once, after a while without. */
  readonly burst: number
}

/** Lets through at most `burst` at once and `perSecond` a second in the long run. Time is given in milliseconds. */
export class TokenBucket {
  #tokens: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes a token if there is one. */
  take(rate: Rate, now: number): boolean {
    this.#refill(rate, now)
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  /** Whether it is as full as a new one, so that nothing is lost by forgetting it. */
  isFull(rate: Rate, now: number): boolean {
    this.#refill(rate, now)
    return this.#tokens >= rate.burst
  }

  #refill(rate: Rate, now: number): void {
    if (now <= this.#at) return
    this.#tokens = Math.min(rate.burst, this.#tokens + ((now - this.#at) / 1000) * rate.perSecond)
    this.#at = now
  }
}
