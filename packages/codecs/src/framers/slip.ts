import { type ByteWriter, type Framer, type Framing, framer, type RawBuffer } from '@shiny/core/codec'
import { binary } from '../formats/binary.js'
import { checkOptions, choiceOption, integerOption, MOST } from '../options.js'
import { find, makeRoom, placeOf } from './content.js'
import { EscapedCutter, type Escaping } from './escaped.js'
import { malformed, type Oversize, unframeable } from './refusals.js'

/** Options of {@link slip}. */
export interface SlipOptions {
  /** The longest content, in bytes, received or sent, from 1 to 268,435,456. Default: 65,536. */
  readonly maxLength?: number
  /**
   * What becomes of a received frame that is longer: `close` ends the connection; `skip` discards it up to its end, and is one recoverable
   * ERR_FRAME_TOO_LONG. Default: `close`.
   */
  readonly oversize?: Oversize
  /** Whether sent frames begin with END too, which ends what noise there was before them. Default: true. */
  readonly leadingEnd?: boolean
}

const END = 0xc0
const ESCAPE = 0xdb
const ESCAPED_END = 0xdc
const ESCAPED_ESCAPE = 0xdd

const escaping: Escaping = {
  separator: END,
  most: (length) => 2 * length,
  isPlain: (bytes, start, end) => find(bytes, ESCAPE, start, end) === -1,
  undo,
  broken: (alone) => malformed('a SLIP frame has an escape that is none', alone)
}

/**
 * Frames of SLIP, RFC 1055: what lies between two bytes END, with those of its bytes escaped that are END or ESC.
 *
 * ```wire
 * slip()
 * ┌─────┬──────────────────────┬─────┐
 * │ C0  │ 61 DB DC 62 DB DD 63 │ C0  │  ⇄ 61 C0 62 DB 63
 * └─────┴──────────────────────┴─────┘
 *   END   content                END
 * ```
 *
 * Used as a codec itself, its messages are bytes, as {@link binary} has them. Received: frames of no bytes are passed over, as the RFC asks;
 * an escape of anything else is a recoverable ERR_MALFORMED; content above `maxLength` is ERR_FRAME_TOO_LONG. Sent: an empty message throws
 * ERR_INVALID_MESSAGE, since its peer would not see it. A part of a frame is an error at the end of the stream.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function slip(options: SlipOptions = {}): Framer<Uint8Array, Uint8Array | string> {
  checkOptions('slip', options, ['maxLength', 'oversize', 'leadingEnd'])
  const maxLength = integerOption('maxLength', options.maxLength, 65_536, 1, MOST / 4)
  const oversize = choiceOption('oversize', options.oversize, 'close', ['close', 'skip'])
  const leading = choiceOption('leadingEnd', options.leadingEnd, true, [false, true])
  const framing: Framing = {
    name: 'slip',
    maxLength,
    maxBuffered: escaping.most(maxLength) + 1 + 64 * 1024,
    cutter: () => new EscapedCutter(escaping, oversize),
    wrapper: {
      open: (dst) => {
        if (leading) dst.u8(END)
      },
      close: (dst, _frame, content) => escaped(dst, content)
    }
  }
  return framer(framing, binary())
}

function undo(bytes: RawBuffer, start: number, end: number, target: RawBuffer): number {
  let to = 0
  for (let at = start; at < end; at++) {
    let byte = bytes[at] as number
    if (byte === ESCAPE) {
      at++
      const escaped = at < end ? bytes[at] : -1
      if (escaped !== ESCAPED_END && escaped !== ESCAPED_ESCAPE) return -1
      byte = escaped === ESCAPED_END ? END : ESCAPE
    }
    target[to++] = byte
  }
  return to
}

/** Escapes what stands from offset `content` on, in place: it is moved on by what it grows, so that the target never overtakes the source. */
function escaped(dst: ByteWriter, content: number): void {
  const length = dst.length - content
  if (length === 0) throw unframeable('slip(): an empty frame, which its peer would not see')
  const first = placeOf(dst, content)
  const plain = dst.memory
  let growth = 0
  for (let at = first; at < first + length; at++) {
    const byte = plain[at]
    if (byte === END || byte === ESCAPE) growth++
  }
  if (growth > 0) {
    let to = makeRoom(dst, content, growth)
    const { memory } = dst
    const end = to + growth + length
    for (let at = to + growth; at < end; at++) {
      const byte = memory[at] as number
      if (byte === END || byte === ESCAPE) {
        memory[to++] = ESCAPE
        memory[to++] = byte === END ? ESCAPED_END : ESCAPED_ESCAPE
      } else memory[to++] = byte
    }
    dst.commit(end)
  }
  dst.u8(END)
}
