import { type ByteWriter, type Framer, type Framing, framer, type RawBuffer } from '@shiny/core/codec'
import { binary } from '../formats/binary.js'
import { checkOptions, choiceOption, integerOption, MOST } from '../options.js'
import { makeRoom } from './content.js'
import { EscapedCutter, type Escaping } from './escaped.js'
import { malformed, type Oversize } from './refusals.js'

/** Options of {@link cobs}. */
export interface CobsOptions {
  /** The longest content, in bytes, received or sent, from 1 to 268,435,456. Default: 65,536. */
  readonly maxLength?: number
  /**
   * What becomes of a received frame that is longer: `close` ends the connection; `skip` discards it up to its end, and is one recoverable
   * ERR_FRAME_TOO_LONG. Default: `close`.
   */
  readonly oversize?: Oversize
}

/** The most bytes other than zero that one code tells of. */
const RUN = 254
/** Runs up to this long are copied by a loop: cheaper than a call into the runtime. */
const NEAR = 32

const escaping: Escaping = {
  separator: 0,
  most: (length) => length + Math.floor(length / RUN) + 1,
  isPlain: () => false,
  undo,
  broken: (alone) => malformed('a COBS frame ends before its last code says', alone)
}

/**
 * Frames of Consistent Overhead Byte Stuffing: each zero of the content gives way to a code that tells how far it is to the next, and a zero
 * ends the frame. It costs one byte in 254 at most.
 *
 * ```wire
 * cobs()
 * ┌──────────┬───────┬─────┐
 * │ 03 11 22 │ 02 33 │ 00  │  ⇄ 11 22 00 33
 * └──────────┴───────┴─────┘
 *   a run      a run   end
 * ```
 *
 * Used as a codec itself, its messages are bytes, as {@link binary} has them; they may be empty. Received: zeros between frames are passed
 * over; a code that leads beyond the frame is a recoverable ERR_MALFORMED; content above `maxLength` is ERR_FRAME_TOO_LONG. Sent: content above
 * `maxLength` throws ERR_FRAME_TOO_LONG. A part of a frame is an error at the end of the stream.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function cobs(options: CobsOptions = {}): Framer<Uint8Array, Uint8Array | string> {
  checkOptions('cobs', options, ['maxLength', 'oversize'])
  const maxLength = integerOption('maxLength', options.maxLength, 65_536, 1, MOST / 4)
  const oversize = choiceOption('oversize', options.oversize, 'close', ['close', 'skip'])
  const framing: Framing = {
    name: 'cobs',
    maxLength,
    maxBuffered: escaping.most(maxLength) + 1 + 64 * 1024,
    cutter: () => new EscapedCutter(escaping, oversize),
    wrapper: { open: () => undefined, close: (dst, _frame, content) => stuff(dst, content) }
  }
  return framer(framing, binary())
}

function undo(bytes: RawBuffer, start: number, end: number, target: RawBuffer): number {
  let to = 0
  let at = start
  while (at < end) {
    const code = bytes[at++] as number
    const last = at + code - 1
    if (last > end) return -1
    if (last - at > NEAR) {
      bytes.copy(target, to, at, last)
      to += last - at
      at = last
    }
    while (at < last) target[to++] = bytes[at++] as number
    if (code <= RUN && at < end) target[to++] = 0
  }
  return to
}

/** Stuffs what stands from offset `content` on, in place: it is moved on by the most that it may grow, so that the target never overtakes the source. */
function stuff(dst: ByteWriter, content: number): void {
  const length = dst.length - content
  const growth = escaping.most(length) - length
  const start = makeRoom(dst, content, growth)
  const { memory } = dst
  const end = start + growth + length
  let code = start
  let to = start + 1
  for (let at = start + growth; at < end; at++) {
    // A full run is ended only when more follows, lest a code of nothing be written.
    if (to - code > RUN) {
      memory[code] = RUN + 1
      code = to++
    }
    const byte = memory[at] as number
    if (byte !== 0) memory[to++] = byte
    else {
      memory[code] = to - code
      code = to++
    }
  }
  memory[code] = to - code
  dst.commit(to)
  dst.u8(0)
}
