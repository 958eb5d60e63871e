/** Timers whose time passes only when the test says so. */
export class Clock {
  now = 0
  readonly #timers = new Map<object, { at: number; run: () => void }>()
  readonly #real = { setTimeout, clearTimeout }

  constructor() {
    const set = (run: () => void, delay: number) => {
      const timer = { unref: () => timer }
      this.#timers.set(timer, { at: this.now + delay, run })
      return timer
    }
    Object.assign(globalThis, { setTimeout: set, clearTimeout: (timer: object) => this.#timers.delete(timer) })
  }

  /** Lets the time pass, to the next timer each time. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers.delete(due[0])
      this.now = due[1].at
      due[1].run()
    }
    this.now = end
  }

  restore(): void {
    Object.assign(globalThis, this.#real)
  }
}
