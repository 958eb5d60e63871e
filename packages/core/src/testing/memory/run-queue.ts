/** A connection that never comes to rest would hang its test. */
const MOST_STEPS = 1_000_000

interface Timer {
  readonly due: number
  readonly call: () => void
}

/** A loop that runs when it is told to, and whose time passes when it is told to; in milliseconds. */
export class RunQueue {
  // Moments of 0 mean that there is none, so time does not begin there.
  #now = 1000
  #tasks: (() => void)[] = []
  readonly #timers = new Set<Timer>()
  #running = false

  now(): number {
    return this.#now
  }

  /** Whether nothing is left to do before time passes. */
  get isIdle(): boolean {
    return this.#tasks.length === 0
  }

  /** Calls back when the loop runs. */
  soon(call: () => void): void {
    this.#tasks.push(call)
  }

  /** Calls back when `delay` milliseconds have passed, unless what it returns is called before. */
  after(delay: number, call: () => void): () => void {
    const timer = { due: this.#now + delay, call }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Runs until nothing is left to do. */
  run(): void {
    if (this.#running) return
    this.#running = true
    try {
      for (let steps = 0; this.#tasks.length > 0; ) {
        const tasks = this.#tasks
        this.#tasks = []
        for (const task of tasks) {
          if (++steps > MOST_STEPS)
            throw new Error(`no rest after ${MOST_STEPS} steps: does a handler wake itself for ever?`)
          task()
        }
      }
    } finally {
      this.#running = false
    }
  }

  /** Lets time pass; what is due meanwhile is done at its moment. */
  tick(duration: number): void {
    const end = this.#now + duration
    this.run()
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.due)
      next.call()
      this.run()
    }
    this.#now = end
    this.run()
  }

  /** The first that is due until `end`; of two that are due at the same moment, the one that was set first. */
  #next(end: number): Timer | null {
    let first: Timer | null = null
    for (const timer of this.#timers) if (timer.due <= end && (first === null || timer.due < first.due)) first = timer
    return first
  }
}
