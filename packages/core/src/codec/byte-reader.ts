import { NEED_MORE, type NeedMore } from './contract.js'
import { type RawBuffer, rawBuffer } from './raw-buffer.js'
import { latin1Text, utf8Text } from './short-text.js'

/** How many bytes a search looks at before it asks the runtime. */
const NEAR = 24

/**
 * A cursor over the bytes that a connection has received and not yet consumed. It is lent: it, and what `borrow` returns,
 * are valid during the call only.
 *
 * Offsets given to `u8`, `u16`, `u32` and `indexOf` count from the first unread byte; reading beyond `length` throws a RangeError.
 */
export class ByteReader {
  #bytes: RawBuffer = rawBuffer(0)
  #view = new DataView(this.#bytes.buffer, 0, 0)
  #position = 0
  #end = 0
  #scanned = 0
  #scannedFor = -1
  #needed = 0
  #frame = 0
  #pointed = 0
  /** The memory up to where a search may go, made by the first that needs it: making it costs more than a search. */
  #searched: RawBuffer | null = null

  /** How many bytes are unread. */
  get length(): number {
    return this.#end - this.#position
  }

  /**
   * Answers {@link NEED_MORE} and promises not to be called again before `total` bytes are unread. It also tells the
   * reactor how much to read next.
   */
  need(total: number): NeedMore {
    this.#needed = total
    return NEED_MORE
  }

  /** The unsigned byte at `at`. */
  u8(at: number): number {
    this.#check(at, 1)
    return this.#bytes[this.#position + at] as number
  }

  /** The unsigned 16-bit integer at `at`, big-endian unless `littleEndian`. */
  u16(at: number, littleEndian = false): number {
    this.#check(at, 2)
    return this.#view.getUint16(this.#position + at, littleEndian)
  }

  /** The unsigned 32-bit integer at `at`, big-endian unless `littleEndian`. */
  u32(at: number, littleEndian = false): number {
    this.#check(at, 4)
    return this.#view.getUint32(this.#position + at, littleEndian)
  }

  /**
   * The offset of the first `byte` at or behind `from`, or -1. Bytes once searched in vain for the same byte are not
   * searched again when more have arrived, so that a long frame in small pieces costs linear time.
   */
  indexOf(byte: number, from = 0): number {
    let start = from
    if (this.#scannedFor === byte && this.#scanned > start) start = this.#scanned
    if (start >= this.length) return -1
    const found = this.#find(byte, this.#position + start)
    if (found !== -1) return found - this.#position
    if (from === 0 || (this.#scannedFor === byte && from <= this.#scanned)) {
      this.#scannedFor = byte
      this.#scanned = this.length
    }
    return -1
  }

  /** Consumes `count` bytes. */
  skip(count: number): void {
    this.#check(0, count)
    this.#position += count
    this.#forget()
  }

  /** Consumes `count` bytes and returns them decoded as UTF-8; ill-formed sequences become U+FFFD. */
  takeUtf8(count: number): string {
    const at = this.#position
    this.skip(count)
    return utf8Text(this.#bytes, at, at + count)
  }

  /** Consumes `count` bytes and returns them as characters U+0000 to U+00FF. */
  takeLatin1(count: number): string {
    const at = this.#position
    this.skip(count)
    return latin1Text(this.#bytes, at, at + count)
  }

  /** Consumes `count` bytes and returns a copy that the caller owns. */
  takeBytes(count: number): Uint8Array {
    const at = this.#position
    this.skip(count)
    const { buffer, byteOffset } = this.#bytes
    return new Uint8Array(new Uint8Array(buffer, byteOffset + at, count))
  }

  /** Consumes `count` bytes and returns a view of them that dies when the message has been handled. */
  borrow(count: number): Uint8Array {
    const at = this.#position
    this.skip(count)
    const { buffer, byteOffset } = this.#bytes
    return new Uint8Array(buffer, byteOffset + at, count)
  }

  /**
   * Lets `format` read the content of a frame, which lies at [start, end) of the unread bytes, and consumes the frame, `total` bytes
   * in all, also when `format` throws.
   */
  content<T>(start: number, end: number, total: number, format: { readonly decode: (src: ByteReader) => T }): T {
    this.#check(0, total)
    const frame = this.#position
    const last = this.#end
    this.#frame = frame
    this.#position = frame + start
    this.#end = frame + end
    this.#forget()
    try {
      return format.decode(this)
    } finally {
      this.#position = frame + total
      this.#end = last
      this.#forget()
    }
  }

  /**
   * Points the reader at other bytes; for whoever drives a decoder. `scanned` and `scannedFor` give back what
   * {@link ByteReader.suspend} told about the same unread bytes.
   */
  reset(bytes: RawBuffer, start: number, end: number, scanned = 0, scannedFor = -1): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#searched = null
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.#position = start
    this.#end = end
    this.#scanned = scanned
    this.#scannedFor = scannedFor
    this.#needed = 0
    this.#frame = start
    this.#pointed++
  }

  /** How often the reader was pointed at bytes: when it has been again, what was kept of the bytes before is of no use. */
  get pointed(): number {
    return this.#pointed
  }

  /** Says that the frame of a message begins here: what the present call has consumed before belongs to none. */
  beginFrame(): void {
    this.#frame = this.#position
  }

  /**
   * Where the frame began that was told of last, by {@link ByteReader.beginFrame} or {@link ByteReader.content}, in the bytes that the reader
   * was pointed at.
   */
  get frame(): number {
    return this.#frame
  }

  /** Where the reader stands in the bytes it was pointed at, what it searched, and what the decoder asked for. */
  suspend(): { position: number; scanned: number; scannedFor: number; needed: number } {
    return { position: this.#position, scanned: this.#scanned, scannedFor: this.#scannedFor, needed: this.#needed }
  }

  /** Where the reader stands in the bytes it was pointed at. */
  get position(): number {
    return this.#position
  }

  /**
   * The memory that the unread bytes lie in, from `position` on; lent. For decoders that index many bytes and check
   * against `length` themselves.
   */
  get memory(): RawBuffer {
    return this.#bytes
  }

  /** Looks at unread bytes only: what lies behind them may be much. A loop finds what is near sooner than the runtime. */
  #find(byte: number, from: number): number {
    const bytes = this.#bytes
    const end = this.#end
    const near = Math.min(from + NEAR, end)
    for (let at = from; at < near; at++) if (bytes[at] === byte) return at
    if (near === end) return -1
    if (end === bytes.length) return bytes.indexOf(byte, near)
    if (this.#searched === null || this.#searched.length !== end) this.#searched = bytes.subarray(0, end) as RawBuffer
    return this.#searched.indexOf(byte, near)
  }

  /** What was searched lies behind. */
  #forget(): void {
    this.#scannedFor = -1
    this.#scanned = 0
  }

  #check(at: number, count: number): void {
    if (at < 0 || count < 0 || at + count > this.length) {
      throw new RangeError(`bytes ${at} to ${at + count} of ${this.length} unread bytes`)
    }
  }
}
