import type { ByteReader, DecodeError, FrameBounds, FrameCutter } from '@shiny/core/codec'
import { malformed, tooLong } from '../framers/refusals.js'
import type { LengthSettings } from './options.js'

/** The error for a frame that ends before its content begins. */
export function tooShort(): DecodeError {
  return malformed('the length of a frame is less than what stands before its content')
}

/** Cuts frames that tell their length, in TypeScript; the native plan `length` must agree with it. It keeps no state. */
export class LengthCutter implements FrameCutter {
  protected readonly settings: LengthSettings
  readonly #least: number

  constructor(settings: LengthSettings) {
    this.settings = settings
    this.#least = Math.max(settings.head, settings.strip)
  }

  cut(src: ByteReader, bounds: FrameBounds, maxLength: number): boolean {
    const { head, strip, adjust } = this.settings
    const { length } = src
    if (length < head) {
      if (length > 0) src.need(head)
      return false
    }
    const total = head + this.#announced(src) + adjust
    if (total < this.#least) throw tooShort()
    if (total - strip > maxLength) throw this.refuse(src, total, maxLength)
    if (length < total) {
      src.need(total)
      return false
    }
    bounds.start = strip
    bounds.end = total
    bounds.total = total
    return true
  }

  protected refuse(_src: ByteReader, _total: number, maxLength: number): DecodeError {
    return tooLong(maxLength)
  }

  /** The length, exact where a frame may be so long. */
  #announced(src: ByteReader): number {
    const { offset: at, bytes, littleEndian: little } = this.settings
    switch (bytes) {
      case 1:
        return src.u8(at)
      case 2:
        return src.u16(at, little)
      case 3:
        return little ? src.u16(at, true) + src.u8(at + 2) * 0x1_0000 : src.u8(at) * 0x1_0000 + src.u16(at + 1)
      case 4:
        return src.u32(at, little)
      default:
        return src.u32(little ? at + 4 : at, little) * 0x1_0000_0000 + src.u32(little ? at : at + 4, little)
    }
  }
}

/** Drops a frame that is too long as it comes. One for each connection. */
export class SkippingLengthCutter extends LengthCutter {
  /** How many bytes of a refused frame are still to come. */
  #rest = 0
  /** How many of them this call has dropped. */
  #passed = 0

  override cut(src: ByteReader, bounds: FrameBounds, maxLength: number): boolean {
    this.#passed = 0
    if (this.#rest > 0) this.#passed = this.#drop(src)
    return this.#rest === 0 && super.cut(src, bounds, maxLength)
  }

  /** A frame that was refused is not refused again for being cut short. */
  end(): boolean {
    return false
  }

  keeps(): boolean {
    return this.#rest > 0
  }

  protected override refuse(src: ByteReader, total: number, maxLength: number): DecodeError {
    this.#rest = total
    this.#drop(src)
    return tooLong(maxLength, { recoverable: true, passed: this.#passed })
  }

  #drop(src: ByteReader): number {
    const count = Math.min(src.length, this.#rest)
    src.skip(count)
    this.#rest -= count
    return count
  }
}
