import {
  type ByteReader,
  type FrameBounds,
  type FrameCutter,
  type Framer,
  type Framing,
  framer
} from '@shiny/core/codec'
import { binary } from '../formats/binary.js'
import { integerOption, MOST } from '../options.js'
import { malformed, unframeable } from './refusals.js'

/**
 * Frames of one size, in bytes, from 1 to 1,073,741,824, with nothing between them.
 *
 * ```wire
 * fixedLength(3)
 * ┌───────┐
 * │ a b c │  ⇄ "abc"
 * ├───────┤
 * │ d e f │  ⇄ "def"
 * ├───────┤
 * │ g     │  … two bytes are missing
 * └───────┘
 * ```
 *
 * Used as a codec itself, its messages are bytes, as {@link binary} has them. Content that is sent and longer throws
 * ERR_FRAME_TOO_LONG, shorter ERR_INVALID_MESSAGE. A part of a frame is an error at the end of the stream.
 *
 * @throws ShinyError ERR_OPTION where `size` is not an integer in its range
 */
export function fixedLength(size: number): Framer<Uint8Array, Uint8Array | string> {
  integerOption('size', size ?? null, 0, 1, MOST)
  const cutter = new FixedCutter(size)
  const framing: Framing = {
    name: 'fixedLength',
    maxLength: size,
    maxBuffered: size + 64 * 1024,
    cutter: () => cutter,
    wrapper: {
      open: () => undefined,
      close: (dst, _frame, content) => {
        const length = dst.length - content
        if (length !== size) throw unframeable(`fixedLength(): a frame of ${length} bytes, expected ${size}`)
      }
    },
    native: {
      plan: Object.freeze({ kind: 'fixed', size }),
      read: (cursor, bounds) => {
        const end = cursor.table[cursor.at] as number
        bounds.start = cursor.start
        bounds.end = end
        cursor.start = end
        cursor.at += 1
      },
      refuse: (reason) => malformed(`unknown refusal ${reason}`)
    }
  }
  return framer(framing, binary())
}

/** It keeps no state, so that all connections share one. */
class FixedCutter implements FrameCutter {
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  cut(src: ByteReader, bounds: FrameBounds): boolean {
    const size = this.#size
    if (src.length < size) {
      if (src.length > 0) src.need(size)
      return false
    }
    bounds.start = 0
    bounds.end = size
    bounds.total = size
    return true
  }
}
