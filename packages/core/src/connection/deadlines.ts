import type { TimeoutKind } from '../errors/index.js'
import { FRAME, READ, VITALS, WRITE } from '../time/vitals.js'
import { Timed, type Wheel } from '../time/wheel.js'
import { wheelOf } from '../time/wheels.js'
import type { Channel } from './channel.js'
import * as S from './state.js'
import { DEFAULT_TIMEOUTS, KINDS, type Timeouts, type TimeoutsMs } from './timeouts.js'

const NEVER = Number.POSITIVE_INFINITY
/** In milliseconds: a reactor's clock may be as much behind, and no deadline may come early. */
const CLOCK_LAG = 10

/**
 * The deadlines of one connection. Nothing tells them of messages: when one has come, they look at what the reactor has noted of
 * the connection, and find that it is over or how far off it is.
 */
export class Deadlines extends Timed {
  readonly #channel: Channel
  readonly #wheel: Wheel
  #timeouts: TimeoutsMs
  /** For each kind, the moment that it counts from at the earliest. */
  readonly #since = { idle: 0, read: 0, write: 0, handshake: 0, lifetime: 0 }
  /** What had been received when the time began; a PROXY header, for one, is no message. */
  #receivedBefore = 0
  /** Whether it has to be seen to that output leaves. */
  #watchesOutput = false
  /** When a connection that has timed out must be gone. */
  #end = NEVER

  constructor(channel: Channel, timeouts: TimeoutsMs) {
    super()
    this.#channel = channel
    this.#wheel = wheelOf(channel.reactor)
    this.#timeouts = timeouts
  }

  /** The connection is open: from now on time counts. */
  start(): void {
    const now = this.#wheel.clock.now()
    for (const kind of KINDS) this.#since[kind] = now
    this.#receivedBefore = this.#channel.received
    this.#schedule(now)
  }

  stop(): void {
    this.#wheel.remove(this)
  }

  /** Puts other timeouts in force; those that are `given` count from now on. */
  change(timeouts: TimeoutsMs, given: Timeouts): void {
    this.#timeouts = timeouts
    if ((this.#channel.state & S.OPENED) === 0) return
    const now = this.#wheel.clock.now()
    for (const kind of KINDS) if (given[kind] !== undefined) this.#since[kind] = now
    if (given.handshake !== undefined) this.#receivedBefore = this.#channel.received
    this.#schedule(now)
  }

  get timeouts(): TimeoutsMs {
    return this.#timeouts
  }

  /** Output piles up, or is the last. */
  watchOutput(): void {
    if (this.#watchesOutput || this.#timeouts.write === 0) return
    this.#watchesOutput = true
    const now = this.#wheel.clock.now()
    this.#since.write = now
    this.#wheel.schedule(this, now + this.#timeouts.write + CLOCK_LAG)
  }

  /** The connection takes messages again: that it was not heard was no fault of the peer's. */
  released(): void {
    const now = this.#wheel.clock.now()
    this.#since.read = this.#since.idle = this.#since.handshake = now
  }

  override expire(now: number): number {
    const channel = this.#channel
    this.#excuse(now)
    for (const kind of KINDS) {
      if ((channel.state & (S.DESTROYED | S.CLOSED)) !== 0) return NEVER
      if (this.#deadline(kind, now) > now) continue
      const closing = channel.state & S.CLOSING
      this.#since[kind] = now
      channel.timedOut(kind, this.#timeouts[kind])
      if (closing === 0 && (channel.state & S.CLOSING) !== 0) this.#boundEnd(now)
    }
    if (this.#end <= now) channel.destroy(null)
    return this.#next(now)
  }

  #schedule(now: number): void {
    this.#wheel.schedule(this, this.#next(now))
  }

  #next(now: number): number {
    let next = this.#end
    for (const kind of KINDS) next = Math.min(next, this.#deadline(kind, now))
    return next
  }

  /** A connection that has timed out may send what it has, but not for ever. */
  #boundEnd(now: number): void {
    this.#end = now + (this.#timeouts.write || DEFAULT_TIMEOUTS.write) + CLOCK_LAG
  }

  /** Time does not count in which this side does not want to hear the peer, or works for it. */
  #excuse(now: number): void {
    const { state } = this.#channel
    const since = this.#since
    if ((state & (S.HOLDING | S.BLOCKED)) !== 0) since.read = since.handshake = now
    // A peer that does not read keeps its connection above the mark, and is idle all the same.
    if ((state & S.HOLDING) !== 0) since.idle = now
  }

  #deadline(kind: TimeoutKind, now: number): number {
    const timeout = this.#timeouts[kind]
    if (timeout === 0) return NEVER
    const from = this.#from(kind)
    if (from === NEVER) return kind === 'read' && this.#isOpen ? nextLook(now, timeout) : NEVER
    return from + timeout + CLOCK_LAG
  }

  /** The moment that a timeout counts from; Infinity while it does not count. */
  #from(kind: TimeoutKind): number {
    const since = this.#since[kind]
    if (kind === 'lifetime') return since
    if (kind === 'write') return this.#isStuck() ? Math.max(since, this.#vital(WRITE)) : NEVER
    if (!this.#isOpen) return NEVER
    if (kind === 'handshake') return this.#channel.received === this.#receivedBefore ? since : NEVER
    if (kind === 'idle') return Math.max(since, this.#vital(READ), this.#vital(WRITE))
    return this.#note(FRAME) === 0 ? NEVER : Math.max(since, this.#vital(FRAME))
  }

  get #isOpen(): boolean {
    return (this.#channel.state & S.UNSENDABLE) === 0
  }

  /** Whether output ought to leave by now. */
  #isStuck(): boolean {
    const { queued, limits, state } = this.#channel
    const stuck = queued > limits.highWaterMark || (queued > 0 && (state & (S.CLOSING | S.HALF_CLOSED)) !== 0)
    this.#watchesOutput &&= stuck
    return stuck
  }

  #note(word: number): number {
    const { reactor, slot } = this.#channel
    return reactor.vitals[VITALS * slot + word] as number
  }

  #vital(word: number): number {
    return this.#wheel.clock.at(this.#note(word))
  }
}

/**
 * When to look whether a frame has begun: early enough that its deadline is still to come, and at round times, so that many
 * connections share one look.
 */
function nextLook(now: number, timeout: number): number {
  const grain = 2 ** Math.floor(Math.log2(Math.max(1, timeout / 4)))
  return Math.max(now + 1, Math.floor((now + timeout) / grain) * grain)
}
