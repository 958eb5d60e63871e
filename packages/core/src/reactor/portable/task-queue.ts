/** Work for turns of the loop to come. A task that is queued by a task runs in the turn after. */
export class TaskQueue {
  readonly #turn: (work: () => void) => void
  readonly #soon: (run: () => void) => void
  #tasks: (() => void)[] = []
  #scheduled = false

  /** `turn` runs what it is given, and whatever belongs to the end of a turn; `soon` calls back in the loop's next turn. */
  constructor(turn: (work: () => void) => void, soon: (run: () => void) => void = setImmediate) {
    this.#turn = turn
    this.#soon = soon
  }

  push(task: () => void): void {
    this.#tasks.push(task)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#soon(() => this.#turn(() => this.#run()))
  }

  #run(): void {
    const tasks = this.#tasks
    this.#tasks = []
    this.#scheduled = false
    let done = 0
    try {
      while (done < tasks.length) (tasks[done++] as () => void)()
    } finally {
      // Only a throwing listener of the program gets here early; the others' tasks must not be lost with it.
      if (done < tasks.length) {
        this.#tasks = [...tasks.slice(done), ...this.#tasks]
        this.#schedule()
      }
    }
  }
}
