/** Gives out numbers below a limit, those that were freed before new ones, and keeps what each stands for. */
export class SlotTable<T> {
  readonly #limit: number
  readonly #entries: (T | undefined)[] = []
  readonly #free: number[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Reserves a slot; -1 when none is free. */
  take(): number {
    const slot = this.#free.pop()
    if (slot !== undefined) return slot
    if (this.#entries.length === this.#limit) return -1
    return this.#entries.push(undefined) - 1
  }

  get(slot: number): T | undefined {
    return this.#entries[slot]
  }

  set(slot: number, entry: T): void {
    this.#entries[slot] = entry
  }

  free(slot: number): void {
    this.#entries[slot] = undefined
    this.#free.push(slot)
  }
}
