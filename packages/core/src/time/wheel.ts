import { type Clock, SteadyClock } from './steady-clock.js'

/** Later than this the loop has stood still; what it takes to be on time otherwise is less. */
const STALL = 50
/** After a stall as long as this, much input may wait to be read. */
const LONG_STALL = 1000
/** Turns of the loop in which pending input is read before anybody is judged. */
const TURNS = 2
const TURNS_AFTER_LONG_STALL = 64
/** The finest grain of a deadline, and the most that a timer is asked for to notice stalls; in milliseconds. */
const FINEST = 16
const SHORTEST_BEAT = 50

/** What a wheel needs of the loop that it runs in. */
export interface Loop extends Clock {
  /** Calls back after `delay` milliseconds, unless it is cancelled; does not keep the process alive. */
  after(delay: number, call: () => void): () => void
  /** Calls back when the loop has looked for input once more. */
  soon(call: () => void): void
}

/** All whose deadlines end at about the same time. */
interface Bucket {
  readonly due: number
  /** How often the wheel must look at the clock on the way there, so that no stall can hide a large part of the way. */
  beat: number
  first: Timed | null
}

/** Somebody who has deadlines. The wheel puts it into one bucket, that of the earliest. */
export abstract class Timed {
  // The wheel's own: where it is.
  bucket: Bucket | null = null
  previous: Timed | null = null
  following: Timed | null = null

  /** Does what is due at `now` and returns the next deadline, or Infinity. It may schedule and remove others. */
  abstract expire(now: number): number
}

/**
 * A hashed timing wheel, whose buckets are there only while somebody is in them. A deadline is met late by at most a
 * hundredth of its length, or a few milliseconds, and never early. Moving a deadline away costs nothing: when the bucket comes up, whoever
 * is in it says when its deadline is by then. One timer is armed, for the next bucket; without deadlines there is none.
 */
export class Wheel {
  /** The time of the deadlines. */
  readonly clock: SteadyClock
  readonly #loop: Loop
  readonly #buckets = new Map<number, Bucket>()
  #cancel: (() => void) | null = null
  /** When the timer is to fire: on the wheel's clock, and on the loop's. */
  #wakeAt = Number.POSITIVE_INFINITY
  #expected = 0
  /** Whether a judgement is on its way, after which the timer is armed anyway. */
  #judging = false

  constructor(loop: Loop) {
    this.#loop = loop
    this.clock = new SteadyClock(loop)
  }

  /** Has `timed` asked at `deadline`, or earlier if it is to be asked earlier already. */
  schedule(timed: Timed, deadline: number): void {
    if (deadline === Number.POSITIVE_INFINITY) return
    const now = this.clock.now()
    const distance = Math.max(1, deadline - now)
    const due = roundUp(now + distance, distance)
    if (timed.bucket !== null) {
      if (timed.bucket.due <= due) return
      this.remove(timed)
    }
    const beat = Math.max(SHORTEST_BEAT, distance / 8)
    enter(timed, this.#bucket(due, beat))
    this.#armFor(Math.min(due, now + beat), now)
  }

  /** Forgets `timed`, until it is scheduled again. */
  remove(timed: Timed): void {
    const { bucket, previous, following } = timed
    if (bucket === null) return
    if (previous === null) bucket.first = following
    else previous.following = following
    if (following !== null) following.previous = previous
    timed.bucket = timed.previous = timed.following = null
  }

  #bucket(due: number, beat: number): Bucket {
    let bucket = this.#buckets.get(due)
    if (bucket === undefined) {
      bucket = { due, beat, first: null }
      this.#buckets.set(due, bucket)
    }
    bucket.beat = Math.min(bucket.beat, beat)
    return bucket
  }

  #armFor(time: number, now: number): void {
    if (this.#judging || time >= this.#wakeAt) return
    this.#cancel?.()
    const delay = Math.max(1, Math.ceil(time - now))
    this.#wakeAt = time
    this.#expected = this.#loop.now() + delay
    this.#cancel = this.#loop.after(delay, () => this.#wake())
  }

  /** Arms the timer for the next bucket in which somebody is, or for a look at the clock on the way there. */
  #arm(now: number): void {
    let next: Bucket | null = null
    for (const bucket of this.#buckets.values()) {
      if (bucket.first === null) this.#buckets.delete(bucket.due)
      else if (next === null || bucket.due < next.due) next = bucket
    }
    if (next !== null) this.#armFor(Math.min(next.due, now + next.beat), now)
  }

  #wake(): void {
    const late = this.#look()
    this.#cancel = null
    this.#wakeAt = Number.POSITIVE_INFINITY
    const now = this.clock.now()
    if (!this.#isDue(now)) {
      this.#arm(now)
      return
    }
    this.#judging = true
    this.#judgeAfter(late > LONG_STALL ? TURNS_AFTER_LONG_STALL : TURNS)
  }

  /** Looks at the clock: how much later is it than was expected? What is much is not counted. */
  #look(): number {
    const now = this.#loop.now()
    const late = now - this.#expected
    if (late > STALL) this.clock.stoodStill(this.#expected, late)
    this.#expected = now
    return late
  }

  #isDue(now: number): boolean {
    for (const { due, first } of this.#buckets.values()) if (due <= now && first !== null) return true
    return false
  }

  /** Judges when the loop has read what came before the deadline. */
  #judgeAfter(turns: number): void {
    this.#loop.soon(() => {
      if (turns > 1) this.#judgeAfter(turns - 1)
      else this.#judge()
    })
  }

  #judge(): void {
    this.#look()
    const now = this.clock.now()
    // Buckets that are made meanwhile lie ahead of `now`, and are passed over.
    for (const bucket of this.#buckets.values()) {
      if (bucket.due > now) continue
      this.#buckets.delete(bucket.due)
      while (bucket.first !== null) {
        const timed = bucket.first
        this.remove(timed)
        this.schedule(timed, timed.expire(now))
      }
    }
    this.#judging = false
    this.#look()
    this.#arm(this.clock.now())
  }
}

function enter(timed: Timed, bucket: Bucket): void {
  timed.bucket = bucket
  timed.following = bucket.first
  if (bucket.first !== null) bucket.first.previous = timed
  bucket.first = timed
}

/** The end of the grain that `deadline` lies in; grains are powers of two, and at most a hundredth of the distance. */
function roundUp(deadline: number, distance: number): number {
  const grain = Math.max(FINEST, 2 ** Math.floor(Math.log2(distance / 100)))
  return Math.ceil(deadline / grain) * grain
}
