import { type Keyspace, NEVER } from './store/index.js'

/** What one run may do, for each step of effort: about a millisecond's work. */
const LOOKS = 20_000
const REMOVALS = 2_000

/** Between runs while there is more to do, and otherwise; both in milliseconds. */
const BUSY_PAUSE = 5
const PAUSE = 100
/** Timers cannot wait longer than 24 days; an hour is long enough to cost nothing. */
const LONGEST_PAUSE = 60 * 60 * 1000

/**
 * Removes keys that nobody asks for after their time has come. It sleeps until the first deadline, so a keyspace
 * without deadlines, or with distant ones, causes no wake-ups; it does not keep the process alive.
 */
export class ExpiryCycle {
  /** How much one run does, from 1 to 10. */
  effort = 1
  readonly #keyspace: Keyspace
  #timer: NodeJS.Timeout | null = null
  #wakesAt = NEVER

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace
  }

  /** A deadline has been set that is before all others. */
  expect(deadline: number): void {
    if (deadline < this.#wakesAt - PAUSE) this.#sleep(deadline - Date.now(), PAUSE)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#wakesAt = NEVER
  }

  #run(): void {
    this.stop()
    if (this.#keyspace.removeDue(LOOKS * this.effort, REMOVALS * this.effort)) this.#sleep(BUSY_PAUSE, BUSY_PAUSE)
    else if (this.#keyspace.expiring > 0) this.#sleep(this.#keyspace.earliestDeadline - Date.now(), PAUSE)
  }

  #sleep(wanted: number, least: number): void {
    this.stop()
    const pause = Math.min(Math.max(wanted, least), LONGEST_PAUSE)
    this.#wakesAt = Date.now() + pause
    this.#timer = setTimeout(() => this.#run(), pause).unref()
  }
}
