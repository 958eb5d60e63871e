/**
 * One deadline for each of many, all of them equally far ahead, so that they are due in the order in which they began: one timer
 * serves all, and to begin or to end costs the same however many there are.
 */
export class Deadlines<T> {
  readonly #timeout: number
  readonly #now: () => number
  readonly #late: (item: T) => void
  /** When each is due, in milliseconds. */
  readonly #due = new Map<T, number>()
  #timer: NodeJS.Timeout | null = null

  /** `late` is called for whatever is not ended within `timeout` milliseconds of `now`'s. */
  constructor(timeout: number, now: () => number, late: (item: T) => void) {
    this.#timeout = timeout
    this.#now = now
    this.#late = late
  }

  begin(item: T): void {
    this.#due.set(item, this.#now() + this.#timeout)
    if (this.#timer === null) this.#arm(this.#timeout)
  }

  end(item: T): void {
    this.#due.delete(item)
  }

  #arm(delay: number): void {
    // After a process was stopped or busy for long, what arrived meanwhile is read before anybody is called late.
    this.#timer = setTimeout(() => setImmediate(() => this.#check()), Math.max(1, Math.ceil(delay))).unref()
  }

  #check(): void {
    this.#timer = null
    const now = this.#now()
    for (const [item, due] of this.#due) {
      if (due > now) {
        this.#arm(due - now)
        return
      }
      this.#due.delete(item)
      this.#late(item)
    }
  }
}
