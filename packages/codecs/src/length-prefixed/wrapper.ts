import { type ByteWriter, type FrameWrapper, ShinyError } from '@shiny/core/codec'
import { unframeable } from '../framers/refusals.js'
import type { LengthSettings } from './options.js'

/** Writes what stands before the content, with the length in it. */
export class LengthWrapper implements FrameWrapper {
  readonly #settings: LengthSettings

  constructor(settings: LengthSettings) {
    this.#settings = settings
  }

  open(dst: ByteWriter): void {
    const { strip, offset, bytes } = this.#settings
    if (strip === bytes && offset === 0) dst.reserve(bytes)
    else for (let i = 0; i < strip; i++) dst.u8(0)
  }

  close(dst: ByteWriter, frame: number): void {
    const { head, adjust, bytes, largest, offset } = this.#settings
    const total = dst.length - frame
    if (total < head)
      throw unframeable(`lengthPrefixed(): a frame of ${total} bytes has no room for its length, which ends at ${head}`)
    const length = total - head - adjust
    if (length < 0) throw unframeable(`lengthPrefixed(): a frame of ${total} bytes would need a negative length`)
    if (length > largest) {
      const told = `lengthPrefixed(): a length of ${bytes} bytes cannot tell of ${length}`
      throw new ShinyError('ERR_FRAME_TOO_LONG', told, { origin: 'encode' })
    }
    this.#patch(dst, frame + offset, length)
  }

  #patch(dst: ByteWriter, at: number, length: number): void {
    const { bytes, littleEndian } = this.#settings
    if (bytes === 4) dst.patchU32(at, length, littleEndian)
    else if (bytes === 8) {
      dst.patchU32(littleEndian ? at + 4 : at, Math.floor(length / 0x1_0000_0000), littleEndian)
      dst.patchU32(littleEndian ? at : at + 4, length % 0x1_0000_0000, littleEndian)
    } else {
      for (let i = 0; i < bytes; i++) dst.patchU8(at + i, (length >>> (8 * (littleEndian ? i : bytes - 1 - i))) & 0xff)
    }
  }
}
