import type { ByteReader, ByteWriter, FrameBounds, FrameCutter, Framer } from '@shiny/core/codec'
import { makeRoom } from './content.js'
import { incomplete, lengthFirst } from './length-first.js'
import { malformed, tooLong } from './refusals.js'

/** Options of {@link netstring}. */
export interface NetstringOptions {
  /** The longest content, in bytes, received or sent, from 0 to 1,073,741,824. Default: 65,536. */
  readonly maxLength?: number
}

const ZERO = 0x30
const COLON = 0x3a
const COMMA = 0x2c

/**
 * Netstrings: the length in decimal digits, a colon, the content, a comma.
 *
 * ```wire
 * netstring()
 * ┌────────┬───────────┬─────┐
 * │ 5:     │ h e l l o │ ,   │  ⇄ "hello"
 * ├────────┼───────────┼─────┤
 * │ 0:     │           │ ,   │  ⇄ ""
 * └────────┴───────────┴─────┘
 *   length   content     end
 * ```
 *
 * Used as a codec itself, its messages are bytes, as `binary()` has them. Received: a leading zero, a digit that is none, a missing comma
 * are ERR_MALFORMED; a length is judged digit by digit, and one above `maxLength` is ERR_FRAME_TOO_LONG. Sent: content above `maxLength` throws
 * ERR_FRAME_TOO_LONG. A part of a frame is an error at the end of the stream.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown or out of range
 */
export function netstring(options: NetstringOptions = {}): Framer<Uint8Array, Uint8Array | string> {
  return lengthFirst({ name: 'netstring', maxLength: 65_536, overhead: 12, cutter, close }, options)
}

const cutter: FrameCutter = {
  cut(src: ByteReader, bounds: FrameBounds, maxLength: number): boolean {
    let length = 0
    for (let at = 0; at < src.length; at++) {
      const byte = src.u8(at)
      if (byte === COLON && at > 0) return cutContent(src, bounds, at + 1, length)
      if (byte < ZERO || byte > ZERO + 9) throw malformed('the length of a netstring is not a number')
      if (at > 0 && length === 0) throw malformed('the length of a netstring begins with a zero')
      length = length * 10 + byte - ZERO
      if (length > maxLength) throw tooLong(maxLength)
    }
    return false
  }
}

function cutContent(src: ByteReader, bounds: FrameBounds, start: number, length: number): boolean {
  const end = start + length
  if (src.length <= end) return incomplete(src, end + 1)
  if (src.u8(end) !== COMMA) throw malformed('a netstring does not end in a comma')
  bounds.start = start
  bounds.end = end
  bounds.total = end + 1
  return true
}

function close(dst: ByteWriter, content: number): void {
  const length = dst.length - content
  let size = 1
  for (let rest = length; rest >= 10; rest = Math.floor(rest / 10)) size++
  const at = makeRoom(dst, content, size + 1)
  const { memory } = dst
  let rest = length
  for (let i = size - 1; i >= 0; i--) {
    memory[at + i] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  memory[at + size] = COLON
  dst.commit(at + size + 1 + length)
  dst.u8(COMMA)
}
