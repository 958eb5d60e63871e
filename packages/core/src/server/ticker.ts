const SLOWEST = 1000
const FASTEST = 1000 / 60

/**
 * Calls back between 1 and 60 times a second, more often the more messages come: an interval without any is followed by
 * one twice as long, one with more than a few by one half as long. The first call comes at once.
 */
export class Ticker {
  readonly #tick: () => void
  readonly #messages: () => number
  #timer: NodeJS.Timeout | null = null
  #interval = FASTEST

  /** `messages` tells how many have come since it was last asked. */
  constructor(tick: () => void, messages: () => number) {
    this.#tick = tick
    this.#messages = messages
  }

  start(): void {
    if (this.#timer === null) this.#arm(0)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #arm(delay: number): void {
    // The listener keeps the process alive, or lets it end; the ticker has no say in that.
    this.#timer = setTimeout(() => this.#fire(), delay).unref()
  }

  #fire(): void {
    const factor = this.#messages() > 0 ? 0.5 : 2
    this.#interval = Math.min(SLOWEST, Math.max(FASTEST, this.#interval * factor))
    this.#arm(this.#interval)
    this.#tick()
  }
}
