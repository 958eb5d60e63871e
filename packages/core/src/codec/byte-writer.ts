import { type RawBuffer, rawBuffer } from './raw-buffer.js'

/** Strings up to this many characters are written by a loop: cheaper than a call into the runtime. */
const SHORT_STRING = 32

/**
 * The bytes of a connection's output, append only. An encoder may reserve a hole for a header and fill it later; it never
 * sees what stands before its own message.
 */
export class ByteWriter {
  /** The memory that is written to. Owned by whoever made the writer. */
  protected buffer: RawBuffer
  /** Where the next byte goes. */
  protected position = 0
  /** Where the message that is being encoded begins. */
  protected messageStart = 0

  constructor(capacity = 1024) {
    this.buffer = rawBuffer(capacity)
  }

  /** How many bytes of the present message have been written. */
  get length(): number {
    return this.position - this.messageStart
  }

  /** Appends one byte. */
  u8(value: number): void {
    if (this.position === this.buffer.length) this.grow(1)
    this.buffer[this.position++] = value
  }

  /** Appends an unsigned 16-bit integer, big-endian unless `littleEndian`. */
  u16(value: number, littleEndian = false): void {
    this.ensure(2)
    if (littleEndian) this.buffer.writeUInt16LE(value, this.position)
    else this.buffer.writeUInt16BE(value, this.position)
    this.position += 2
  }

  /** Appends an unsigned 32-bit integer, big-endian unless `littleEndian`. */
  u32(value: number, littleEndian = false): void {
    this.ensure(4)
    if (littleEndian) this.buffer.writeUInt32LE(value, this.position)
    else this.buffer.writeUInt32BE(value, this.position)
    this.position += 4
  }

  /** Appends `text` in UTF-8. Lone surrogates become U+FFFD. */
  utf8(text: string): void {
    const length = text.length
    this.ensure(length * 3)
    const { buffer, position } = this
    if (length <= SHORT_STRING) {
      let i = 0
      for (; i < length; i++) {
        const unit = text.charCodeAt(i)
        if (unit > 0x7f) break
        buffer[position + i] = unit
      }
      if (i === length) {
        this.position = position + length
        return
      }
    }
    this.position = position + buffer.utf8Write(text, position)
  }

  /** Appends the low byte of each UTF-16 unit of `text`. */
  latin1(text: string): void {
    const length = text.length
    this.ensure(length)
    const { buffer, position } = this
    if (length <= SHORT_STRING) for (let i = 0; i < length; i++) buffer[position + i] = text.charCodeAt(i)
    else buffer.latin1Write(text, position)
    this.position = position + length
  }

  /** Appends a copy of `bytes`. */
  bytes(bytes: Uint8Array): void {
    const length = bytes.length
    this.ensure(length)
    const { buffer, position } = this
    if (length <= SHORT_STRING) for (let i = 0; i < length; i++) buffer[position + i] = bytes[i] as number
    else buffer.set(bytes, position)
    this.position = position + length
  }

  /** Appends a copy of `source[start…end)` without making a view of it first. */
  slice(source: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.ensure(length)
    const { buffer, position } = this
    if (length <= SHORT_STRING) for (let i = 0; i < length; i++) buffer[position + i] = source[start + i] as number
    else if (source instanceof Buffer) source.copy(buffer, position, start, end)
    else buffer.set(source.subarray(start, end), position)
    this.position = position + length
  }

  /**
   * Makes room for `count` more bytes and returns the offset in {@link ByteWriter.memory} at which they go;
   * {@link ByteWriter.commit} appends what was written there. For encoders that compose a small message in one go.
   */
  claim(count: number): number {
    if (this.buffer.length - this.position < count) this.grow(count)
    return this.position
  }

  /** The memory that a claim is written to. It may be another one after any call that appends or claims. */
  get memory(): RawBuffer {
    return this.buffer
  }

  /** Appends what a claim was filled with: all up to the offset `end` of {@link ByteWriter.memory}. */
  commit(end: number): void {
    if (end < this.position || end > this.buffer.length) throw new RangeError(`cannot commit up to ${end}`)
    this.position = end
  }

  /** Leaves a hole of `count` bytes and returns its offset in the message, to be filled by {@link ByteWriter.patchU32} and its like. */
  reserve(count: number): number {
    this.ensure(count)
    const hole = this.length
    this.position += count
    return hole
  }

  /** Fills the byte at offset `at` of the present message. */
  patchU8(at: number, value: number): void {
    this.#checkHole(at, 1)
    this.buffer[this.messageStart + at] = value
  }

  /** Fills 4 bytes at offset `at` of the present message, big-endian unless `littleEndian`. */
  patchU32(at: number, value: number, littleEndian = false): void {
    this.#checkHole(at, 4)
    if (littleEndian) this.buffer.writeUInt32LE(value, this.messageStart + at)
    else this.buffer.writeUInt32BE(value, this.messageStart + at)
  }

  /** Makes sure that `count` more bytes fit. */
  protected ensure(count: number): void {
    if (this.buffer.length - this.position < count) this.grow(count)
  }

  /** Makes room for at least `count` more bytes; the message may move. */
  protected grow(count: number): void {
    const larger = rawBuffer(Math.max(this.buffer.length * 2, this.position + count))
    this.buffer.copy(larger, 0, 0, this.position)
    this.buffer = larger
  }

  /** Begins a message where the last one ended. */
  begin(): void {
    this.messageStart = this.position
  }

  /** Takes back what the present message has written. */
  rollback(): void {
    this.position = this.messageStart
  }

  /** A copy of all that has been written. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.buffer.subarray(0, this.position))
  }

  #checkHole(at: number, count: number): void {
    if (at < 0 || at + count > this.length) throw new RangeError(`no hole of ${count} bytes at ${at}`)
  }
}
