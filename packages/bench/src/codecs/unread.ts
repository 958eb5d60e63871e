import { type RawBuffer, rawBuffer } from '@shiny/core/codec'

/**
 * The bytes that were received and not consumed, kept as the portable reactor keeps them: what arrives while nothing is left over is
 * taken as it is; what arrives otherwise is copied behind what is left over.
 */
export class Unread {
  bytes: RawBuffer = rawBuffer(0)
  start = 0
  end = 0
  #owned = false

  get length(): number {
    return this.end - this.start
  }

  append(piece: Buffer): void {
    if (this.start === this.end) {
      this.bytes = piece as RawBuffer
      this.start = 0
      this.end = piece.length
      this.#owned = false
      return
    }
    if (!this.#owned || this.bytes.length - this.end < piece.length) this.#makeRoom(piece.length)
    piece.copy(this.bytes, this.end)
    this.end += piece.length
  }

  #makeRoom(count: number): void {
    const { length } = this
    const wanted = length + count
    if (this.#owned && this.bytes.length >= wanted && length <= Math.max(this.start, count)) {
      this.bytes.copyWithin(0, this.start, this.end)
    } else {
      const larger = rawBuffer(2 * wanted)
      this.bytes.copy(larger, 0, this.start, this.end)
      this.bytes = larger
      this.#owned = true
    }
    this.start = 0
    this.end = length
  }
}

/**
 * The same, kept as the native reactor keeps them: it has what is left over copied aside, copies it back in the next turn, and lets the system write
 * what arrives behind it. Here that lies behind it already, since pieces are cut from one stream.
 */
export class Received {
  bytes: RawBuffer = rawBuffer(0)
  start = 0
  end = 0
  /** What is more lies in memory of its own, which is received into. */
  readonly #aside = rawBuffer(128 * 1024)

  append(piece: Buffer): void {
    const from = piece.byteOffset
    if (this.bytes.buffer !== piece.buffer) this.bytes = Buffer.from(piece.buffer) as RawBuffer
    const left = this.end - this.start
    if (left > 0 && from !== this.end) throw new Error('a piece does not lie behind the one before it')
    if (left > 0 && left <= this.#aside.length) {
      this.bytes.copy(this.#aside, 0, this.start, this.end)
      this.#aside.copy(this.bytes, this.start, 0, left)
    }
    this.start = from - left
    this.end = from + piece.length
  }
}
