import { ByteReader, type RawBuffer } from '../../codec/index.js'
import { CodecFault } from './codec-fault.js'

/** What one call of a decoder may cost, in operations: far more than any that ends. */
const CALL_BASE = 10_000
const CALL_PER_BYTE = 256

/**
 * A reader that counts what is done with it: one for each look and each call, and one for each byte that a search passes. A
 * call that does not come to an end is broken off. What a decoder does with {@link ByteReader.memory} is not seen.
 */
export class ProbeReader extends ByteReader {
  /** Operations since it was made. */
  operations = 0
  #limit = Number.POSITIVE_INFINITY

  override reset(bytes: RawBuffer, start: number, end: number, scanned = 0, scannedFor = -1): void {
    super.reset(bytes, start, end, scanned, scannedFor)
    this.#limit = this.operations + CALL_BASE + CALL_PER_BYTE * (end - start)
  }

  override u8(at: number): number {
    this.#count(1)
    return super.u8(at)
  }

  override u16(at: number, littleEndian = false): number {
    this.#count(1)
    return super.u16(at, littleEndian)
  }

  override u32(at: number, littleEndian = false): number {
    this.#count(1)
    return super.u32(at, littleEndian)
  }

  override indexOf(byte: number, from = 0): number {
    const { scanned, scannedFor } = this.suspend()
    const start = scannedFor === byte ? Math.max(from, scanned) : from
    const found = super.indexOf(byte, from)
    this.#count(1 + Math.max(0, (found === -1 ? this.length : found + 1) - start))
    return found
  }

  override skip(count: number): void {
    this.#count(1)
    super.skip(count)
  }

  #count(operations: number): void {
    this.operations += operations
    if (this.operations <= this.#limit) return
    throw new CodecFault(
      'work',
      `one read took more than ${CALL_BASE} operations and ${CALL_PER_BYTE} a byte: an endless loop?`
    )
  }
}
