import { type RawBuffer, rawBuffer } from '@shiny/core/codec'

/** Less than so many bytes are copied sooner than decoded by themselves. */
const WORTH = 4096

/**
 * The bytes that were received and not consumed, kept as the portable reactor keeps them: what arrives while nothing is left over is
 * taken as it is; what arrives otherwise is copied behind what is left over, as far as the frame needs it that has begun.
 */
export class Unread {
  bytes: RawBuffer = rawBuffer(0)
  start = 0
  end = 0
  #owned = false
  #aside: Buffer | null = null
  /** Memory that was let go. */
  #spare: RawBuffer = rawBuffer(0)

  /** `needed` is how long the frame is at the front, or 0. */
  append(piece: Buffer, needed: number): void {
    if (this.start === this.end) {
      this.bytes = piece as RawBuffer
      this.start = 0
      this.end = piece.length
      this.#owned = false
      return
    }
    const missing = needed - (this.end - this.start)
    let count = piece.length
    if (missing > 0 && count - missing >= WORTH) {
      this.#aside = piece.subarray(missing)
      count = missing
    }
    if (!this.#owned || this.bytes.length - this.end < count) this.#makeRoom(count)
    piece.copy(this.bytes, this.end, 0, count)
    this.end += count
  }

  /** Takes what was not copied behind what is left over; false where there is none. */
  rejoin(): boolean {
    const aside = this.#aside
    if (aside === null) return false
    this.#aside = null
    this.append(aside, 0)
    return true
  }

  #makeRoom(count: number): void {
    const length = this.end - this.start
    const wanted = length + count
    if (this.#owned && this.bytes.length >= wanted && length <= Math.max(this.start, count)) {
      this.bytes.copyWithin(0, this.start, this.end)
    } else {
      const larger = !this.#owned && this.#spare.length >= wanted ? this.#spare : rawBuffer(2 * wanted)
      this.bytes.copy(larger, 0, this.start, this.end)
      this.bytes = this.#spare = larger
      this.#owned = true
    }
    this.start = 0
    this.end = length
  }
}

/**
 * The same, kept as the native reactor keeps them: it has what is left over copied aside, copies it back in the next turn, and lets the system write
 * what arrives behind it. Where it knows how long the frame is, it lets the system write aside until the frame is whole, and copies that back. Here
 * what arrives lies where it belongs already, since pieces are cut from one stream.
 */
export class Received {
  bytes: RawBuffer = rawBuffer(0)
  start = 0
  end = 0
  /** Memory of its own. */
  readonly #aside = rawBuffer(128 * 1024)
  #collects = false

  /** `needed` is how long the frame is at the front, or 0. */
  append(piece: Buffer, needed: number): void {
    const from = piece.byteOffset
    if (this.bytes.buffer !== piece.buffer) this.bytes = Buffer.from(piece.buffer) as RawBuffer
    const left = this.end - this.start
    if (left > 0) {
      if (from !== this.end) throw new Error('a piece does not lie behind the one before it')
      if (!this.#collects) this.#copy(left)
      const collected = left + piece.length
      this.#collects = collected < needed
      if (!this.#collects) this.#copy(Math.max(left, Math.min(needed, collected)))
    }
    this.start = from - left
    this.end = from + piece.length
  }

  /** Nothing was left out. */
  rejoin(): boolean {
    return false
  }

  /** Copies the first bytes, aside or back: they are the same, so that the direction makes no difference. */
  #copy(count: number): void {
    this.bytes.copy(this.#aside, 0, this.start, this.start + count)
  }
}
