import type { Channel } from '../../connection/channel.js'
import type { LimitsInBytes } from '../../connection/limits.js'
import { BLOCKED } from '../../connection/state.js'
import { OutputQueue } from './output-queue.js'
import type { StreamSocket } from './stream-socket.js'
import type { VitalSigns } from './vital-signs.js'

/** How many bytes a socket is given at a time: the queue's length is known to this many bytes. */
const PIECE = 256 * 1024

/** The unsent output of one connection: what its socket is given, what of it has left, and when it has drained. */
export class Outflow {
  readonly #socket: StreamSocket
  readonly #signs: VitalSigns
  readonly #sent: Float64Array
  readonly #slot: number
  readonly #queue = new OutputQueue()
  /** Bytes taken over from the channel, be they still queued or sent. */
  #taken = 0
  /** Whether the queue has been above the high-water mark since it last drained. */
  #above = false
  /** Whether it has been told that it may have drained. */
  #drainComes = false
  #highWaterMark: number
  #lowWaterMark: number

  /** `sent` has the bytes that have left, for each slot. */
  constructor(
    socket: StreamSocket,
    signs: VitalSigns,
    sent: Float64Array,
    slot: number,
    { highWaterMark, lowWaterMark }: LimitsInBytes
  ) {
    this.#socket = socket
    this.#signs = signs
    this.#sent = sent
    this.#slot = slot
    this.#highWaterMark = highWaterMark
    this.#lowWaterMark = lowWaterMark
    sent[slot] = 0
  }

  /** Whether the socket has been given all. */
  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  setWater(high: number, low: number): void {
    this.#highWaterMark = high
    this.#lowWaterMark = low
  }

  push(bytes: Buffer): void {
    if (this.isEmpty && this.#socket.writableLength === 0) this.#signs.wrote()
    this.#taken += bytes.length
    this.#queue.push(bytes)
  }

  /** Gives the socket as much as it takes. */
  write(written: () => void): void {
    const socket = this.#socket
    while (!this.isEmpty && socket.writableLength === 0) socket.write(this.#queue.take(PIECE), written)
  }

  /**
   * Notes what has left; true when it may have drained, which {@link Outflow.hasDrained} then tells. The queue is longest right before it
   * shrinks, so that this is held against the high-water mark.
   */
  account(channel: Channel): boolean {
    const before = this.#sent[this.#slot] as number
    if (channel.accepted - before > this.#highWaterMark || (channel.state & BLOCKED) !== 0) this.#above = true
    const left = this.#taken - this.#queue.length - this.#socket.writableLength
    if (left > before) this.#signs.wrote()
    this.#sent[this.#slot] = left
    if (!this.#above || this.#drainComes || channel.queued > this.#lowWaterMark) return false
    this.#drainComes = true
    return true
  }

  /** Whether it has drained. More may have been sent in the meantime; then the next fall is the one to tell of. */
  hasDrained(channel: Channel): boolean {
    this.#drainComes = false
    if (channel.queued > this.#lowWaterMark) return false
    this.#above = false
    return true
  }

  clear(): void {
    this.#queue.clear()
  }
}
