import { type ByteReader, type ByteWriter, type FrameCutter, type Framer, framer } from '@shiny/core/codec'
import { binary } from '../formats/binary.js'
import { checkOptions, integerOption, MOST } from '../options.js'

/** Framers whose frames tell their length first, in a way of their own, and that have one option. */
export interface LengthFirst {
  readonly name: string
  /** The default of the longest content, in bytes. */
  readonly maxLength: number
  /** The most bytes that a frame has besides its content. */
  readonly overhead: number
  /** It keeps no state, so that all connections share it. */
  readonly cutter: FrameCutter
  /** Puts the length before the content, which begins at offset `content`, and what stands behind it. */
  readonly close: (dst: ByteWriter, content: number) => void
}

/** Makes such a framer, of bytes where it is used as a codec itself. */
export function lengthFirst(
  { name, maxLength, overhead, cutter, close }: LengthFirst,
  options: { readonly maxLength?: number }
): Framer<Uint8Array, Uint8Array | string> {
  checkOptions(name, options, ['maxLength'])
  const longest = integerOption('maxLength', options.maxLength, maxLength, 0, MOST)
  const framing = {
    name,
    maxLength: longest,
    maxBuffered: longest + overhead + 64 * 1024,
    cutter: () => cutter,
    wrapper: {
      open: () => undefined,
      close: (dst: ByteWriter, _frame: number, content: number) => close(dst, content)
    }
  }
  return framer(framing, binary())
}

/** Asks for the whole of a frame. */
export function incomplete(src: ByteReader, total: number): false {
  src.need(total)
  return false
}
