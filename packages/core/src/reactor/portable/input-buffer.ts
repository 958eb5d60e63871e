import { type RawBuffer, rawBuffer } from '../../codec/index.js'

const SMALLEST = 256
const NOTHING = rawBuffer(0)

/**
 * The bytes of one connection that have arrived and were not consumed: `bytes[start, end)`. What arrives while nothing
 * is left over is taken as it is, without a copy; otherwise it is appended in memory that doubles when it is full, so
 * that a frame in many pieces costs linear time.
 */
export class InputBuffer {
  bytes: RawBuffer = NOTHING
  start = 0
  end = 0
  /** Whether `bytes` is ours to append to. */
  #owned = false

  /** How many bytes are unread. */
  get length(): number {
    return this.end - this.start
  }

  append(chunk: Buffer): void {
    if (this.start === this.end) {
      this.#hold(chunk as RawBuffer, chunk.length, false)
      return
    }
    this.#makeRoom(chunk.length)
    chunk.copy(this.bytes, this.end)
    this.end += chunk.length
  }

  /** Lets go of memory that is consumed; copies a small remainder out of a large chunk, which it would keep alive. */
  trim(): void {
    if (this.start === this.end) this.clear()
    else if (!this.#owned && this.length < this.bytes.length >> 1) this.#move(this.length)
  }

  clear(): void {
    this.#hold(NOTHING, 0, false)
  }

  #makeRoom(count: number): void {
    const { length } = this
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
    const larger = rawBuffer(Math.max(SMALLEST, capacity))
    this.#hold(larger, this.bytes.copy(larger, 0, this.start, this.end), true)
  }

  #hold(bytes: RawBuffer, length: number, owned: boolean): void {
    this.bytes = bytes
    this.start = 0
    this.end = length
    this.#owned = owned
  }
}
