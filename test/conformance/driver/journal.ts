/** What happened, in order, with a way to wait for it: tests await events and never a time. */
export class Journal {
  readonly entries: string[] = []
  #watchers: (() => void)[] = []

  note(entry: string): void {
    this.entries.push(entry)
    const watchers = this.#watchers
    this.#watchers = []
    for (const watch of watchers) watch()
  }

  /** How many entries are `entry`. */
  count(entry: string): number {
    return this.entries.filter((other) => other === entry).length
  }

  /** Waits until `entry` was noted `times` times. */
  until(entry: string, times = 1): Promise<void> {
    return this.when(() => this.count(entry) >= times)
  }

  /** Waits until an entry begins with `start`, and returns it. */
  async starting(start: string): Promise<string> {
    const find = () => this.entries.find((entry) => entry.startsWith(start))
    await this.when(() => find() !== undefined)
    return find() as string
  }

  /** Waits until `condition` holds; it is asked after each entry. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#watchers.push(resolve)
      })
    }
  }
}
