import { type RawBuffer, rawBuffer } from '../../codec/index.js'

const SMALLEST = 256
const NOTHING = rawBuffer(0)
/** Fewer bytes are copied sooner than decoded by themselves. */
const WORTH = 4096
/** Memory up to this size is used again when it is let go. */
const KEPT = 128 * 1024
/** It may be so many times larger than what is asked for. */
const LOOSE = 4

/** Memory that was let go last: what was lent of it has been given back. */
let spare: RawBuffer | null = null

function take(size: number): RawBuffer {
  const memory = spare
  if (memory === null || memory.length < size || memory.length > LOOSE * size) return rawBuffer(size)
  spare = null
  return memory
}

/**
 * The bytes of one connection that have arrived and were not consumed: `bytes[start, end)`. What arrives while nothing
 * is left over is taken as it is, without a copy; otherwise it is appended in memory that doubles when it is full, so
 * that a frame in many pieces costs linear time. Of much that arrives, no more is copied than the frame needs that has
 * begun: the rest stands aside until `rejoin`.
 */
export class InputBuffer {
  bytes: RawBuffer = NOTHING
  start = 0
  end = 0
  /** Whether `bytes` is ours to append to. */
  #owned = false
  #aside: Buffer | null = null

  /** How many bytes are unread, those aside among them. */
  get length(): number {
    return this.end - this.start + (this.#aside === null ? 0 : this.#aside.length)
  }

  /** `needed` is how many bytes must be unread before decoding again can help, or 0. */
  append(chunk: Buffer, needed: number): void {
    if (this.start === this.end) {
      this.#hold(chunk as RawBuffer, chunk.length, false)
      return
    }
    const missing = needed - (this.end - this.start)
    let count = chunk.length
    if (missing > 0 && count - missing >= WORTH) {
      this.#aside = chunk.subarray(missing)
      count = missing
    }
    this.#makeRoom(count)
    chunk.copy(this.bytes, this.end, 0, count)
    this.end += count
  }

  /** Takes what stands aside behind what is left over; false where nothing does. */
  rejoin(): boolean {
    const aside = this.#aside
    if (aside === null) return false
    this.#aside = null
    this.append(aside, 0)
    return true
  }

  /** Lets go of memory that is consumed; copies a small remainder out of a large chunk, which it would keep alive. */
  trim(): void {
    if (this.start === this.end) this.clear()
    else if (!this.#owned && this.length < this.bytes.length >> 1) this.#move(this.length)
  }

  clear(): void {
    this.#aside = null
    this.#hold(NOTHING, 0, false)
  }

  #makeRoom(count: number): void {
    const length = this.end - this.start
    const wanted = length + count
    if (this.#owned && this.bytes.length - this.end >= count) return
    // No more is moved than has been consumed since the last time, or than arrives now: linear, whatever is left over.
    if (this.#owned && this.bytes.length >= wanted && length <= Math.max(this.start, count)) {
      this.bytes.copyWithin(0, this.start, this.end)
      this.end -= this.start
      this.start = 0
    } else this.#move(2 * wanted)
  }

  #move(capacity: number): void {
    const larger = take(Math.max(SMALLEST, capacity))
    this.#hold(larger, this.bytes.copy(larger, 0, this.start, this.end), true)
  }

  #hold(bytes: RawBuffer, length: number, owned: boolean): void {
    if (this.#owned && this.bytes.length <= KEPT) spare = this.bytes
    this.bytes = bytes
    this.start = 0
    this.end = length
    this.#owned = owned
  }
}
