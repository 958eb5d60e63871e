import type { ByteReader, ByteWriter, FrameBounds, FrameCutter, Framer } from '@shiny/core/codec'
import { makeRoom } from './content.js'
import { incomplete, lengthFirst } from './length-first.js'
import { malformed, tooLong } from './refusals.js'

/** Options of {@link varintPrefixed}. */
export interface VarintPrefixedOptions {
  /** The longest content, in bytes, received or sent, from 0 to 1,073,741,824. Default: 8,388,608, which is 8 MiB. */
  readonly maxLength?: number
}

/** The most bytes of a length. */
const LONGEST = 5
/** What a one in the last of them stands for. */
const LAST = 2 ** 28

/**
 * Frames that tell their length first, in 7 bits of each byte, least significant first; the top bit says that another byte follows. So are
 * messages of Protocol Buffers delimited.
 *
 * ```wire
 * varintPrefixed()
 * ┌────────┬───────────┐
 * │ 05     │ h e l l o │  ⇄ "hello"
 * ├────────┼───────────┤
 * │ AC 02  │ x ×300    │  ⇄ "x".repeat(300)
 * └────────┴───────────┘
 *   length   content
 * ```
 *
 * Used as a codec itself, its messages are bytes, as `binary()` has them. Received: a length of more than 5 bytes or 32 bits is
 * ERR_MALFORMED, one above `maxLength` is ERR_FRAME_TOO_LONG, and no memory is taken ahead of the bytes. Sent: content above `maxLength` throws
 * ERR_FRAME_TOO_LONG. A part of a frame is an error at the end of the stream.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown or out of range
 */
export function varintPrefixed(options: VarintPrefixedOptions = {}): Framer<Uint8Array, Uint8Array | string> {
  const varint = { name: 'varintPrefixed', maxLength: 8 * 1024 * 1024, overhead: LONGEST, cutter, close }
  return lengthFirst(varint, options)
}

const cutter: FrameCutter = {
  cut(src: ByteReader, bounds: FrameBounds, maxLength: number): boolean {
    let value = 0
    for (let at = 0; at < src.length; at++) {
      const byte = src.u8(at)
      if (at === LONGEST - 1 && byte > 0x0f) throw malformed('the length of a frame has more than 32 bits')
      value += at < LONGEST - 1 ? (byte & 0x7f) << (7 * at) : byte * LAST
      if (value > maxLength) throw tooLong(maxLength)
      if (byte > 0x7f) continue
      const start = at + 1
      const total = start + value
      if (src.length < total) return incomplete(src, total)
      bounds.start = start
      bounds.end = bounds.total = total
      return true
    }
    return false
  }
}

function close(dst: ByteWriter, content: number): void {
  const length = dst.length - content
  let size = 1
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) size++
  const at = makeRoom(dst, content, size)
  const { memory } = dst
  let rest = length
  for (let i = 0; i < size; i++) {
    memory[at + i] = i === size - 1 ? rest : (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  dst.commit(at + size + length)
}
