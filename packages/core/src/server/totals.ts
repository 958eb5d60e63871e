import { bufferedOf } from '../connection/buffer-watch.js'
import type { Channel } from '../connection/channel.js'
import type { AnyConnection } from '../connection/channel-host.js'
import { channelOf } from '../connection/connection.js'
import { DESTROYED } from '../connection/state.js'
import { type ErrorCode, ShinyError } from '../errors/index.js'
import { Timed, type Wheel } from '../time/wheel.js'

/** In milliseconds: how often the kept input of all connections is added up. */
const INTERVAL = 100

/** What the connections of a server may hold together, in bytes. */
export interface Caps {
  readonly maxTotalQueued: number
  readonly maxTotalBuffered: number
}

/**
 * Keeps what all connections of a server hold together below its caps, by destroying those that hold the most. Adding up takes time in
 * proportion to their number, so it is done for output when as much has been sent as there was room for, and for input every
 * so often.
 */
export class Totals extends Timed {
  readonly #connections: Iterable<AnyConnection>
  readonly #caps: Caps
  readonly #wheel: Wheel
  /** How many bytes may be sent before the cap can have been exceeded. */
  #room: number

  constructor(connections: Iterable<AnyConnection>, caps: Caps, wheel: Wheel) {
    super()
    this.#connections = connections
    this.#caps = caps
    this.#wheel = wheel
    this.#room = caps.maxTotalQueued
  }

  /** `length` bytes have been sent on one of the connections, which may be destroyed by that. */
  sent(length: number): void {
    this.#room -= length
    if (this.#room > 0) return
    const { maxTotalQueued } = this.#caps
    const total = this.#reduce(maxTotalQueued, ({ queued }) => queued, 'ERR_OUTPUT_LIMIT', 'queued for')
    this.#room = Math.max(maxTotalQueued - total, maxTotalQueued / 16)
  }

  /** A connection is open: as long as there are any, their input is watched. */
  watch(): void {
    if (this.bucket === null && this.#caps.maxTotalBuffered < Number.POSITIVE_INFINITY) {
      this.#wheel.schedule(this, this.#wheel.clock.now() + INTERVAL)
    }
  }

  override expire(now: number): number {
    this.#reduce(this.#caps.maxTotalBuffered, bufferedOf, 'ERR_BUFFER_LIMIT', 'buffered for frames of')
    for (const _ of this.#connections) return now + INTERVAL
    return Number.POSITIVE_INFINITY
  }

  /** Destroys the connections that hold the most until all together hold no more than `cap`; returns what they hold then. */
  #reduce(cap: number, held: (channel: Channel) => number, code: ErrorCode, what: string): number {
    const holders: [channel: Channel, held: number][] = []
    let total = 0
    for (const connection of this.#connections) {
      const channel = channelOf(connection)
      const bytes = held(channel)
      if (bytes === 0 || (channel.state & DESTROYED) !== 0) continue
      total += bytes
      holders.push([channel, bytes])
    }
    if (total <= cap) return total
    holders.sort((a, b) => b[1] - a[1])
    for (const [channel, bytes] of holders) {
      if (total <= cap) break
      const message = `${total} bytes are ${what} all connections, ${bytes} of them here; the cap is ${cap}`
      total -= bytes
      channel.destroy(new ShinyError(code, message, { origin: 'socket' }))
    }
    return total
  }
}
