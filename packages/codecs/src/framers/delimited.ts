import {
  type ByteReader,
  type ByteWriter,
  type Framer,
  type Framing,
  type FramingPlan,
  framer,
  ShinyError
} from '@shiny/core/codec'
import { binary } from '../formats/binary.js'
import { checkOptions, choiceOption, describe, integerOption, MOST } from '../options.js'
import { find, placeOf } from './content.js'
import { type Mark, markCutter, readMarked } from './mark-cutter.js'
import { type Oversize, tooLong, unframeable } from './refusals.js'

/** Options of {@link delimited}. */
export interface DelimitedOptions {
  /** What stands behind each frame: 1 to 16 bytes, or a string of as many in UTF-8. */
  readonly delimiter: string | Uint8Array
  /** The longest content without its delimiter, in bytes, received or sent, from 1 to 1,073,741,824. Default: 65,536. */
  readonly maxLength?: number
  /**
   * What becomes of a received frame that is longer: `close` ends the connection; `skip` discards it up to its delimiter, keeps nothing
   * of it, and is one recoverable ERR_FRAME_TOO_LONG. With `skip` frames are found in TypeScript. Default: `close`.
   */
  readonly oversize?: Oversize
}

const LONGEST = 16

/**
 * Frames that end in a delimiter, which their content cannot contain.
 *
 * ```wire
 * delimited({ delimiter: '||' })
 * ┌─────────┬───────────┐
 * │ a | b   │ | |       │  ⇄ "a|b"
 * ├─────────┼───────────┤
 * │         │ | |       │  ⇄ ""
 * ├─────────┼───────────┤
 * │ c       │ | |       │  ⇄ "c"
 * ├─────────┼───────────┤
 * │ |       │           │  … may begin a delimiter
 * └─────────┴───────────┘
 *   content   delimiter
 * ```
 *
 * Used as a codec itself, its messages are bytes, as {@link binary} has them. Content that is sent and contains the delimiter, alone or
 * together with the one that follows, throws ERR_INVALID_MESSAGE. Bytes behind the last delimiter are an error at the end of the stream.
 *
 * @throws ShinyError ERR_OPTION where an option is missing, unknown, of the wrong type or out of range
 */
export function delimited(options: DelimitedOptions): Framer<Uint8Array, Uint8Array | string> {
  checkOptions('delimited', options, ['delimiter', 'maxLength', 'oversize'])
  const delimiter = delimiterOption(options.delimiter)
  const maxLength = integerOption('maxLength', options.maxLength, 65_536, 1, MOST)
  const oversize = choiceOption('oversize', options.oversize, 'close', ['close', 'skip'])
  const settings = { mark: markOf(delimiter), oversize, trailing: 'error', tooLong } as const
  const framing: Framing = {
    name: 'delimited',
    maxLength,
    maxBuffered: maxLength + delimiter.length + 64 * 1024,
    cutter: () => markCutter(settings),
    wrapper: {
      open: () => undefined,
      close: (dst, _frame, content) => close(dst, content, delimiter)
    },
    ...(oversize === 'close' && { native: planOf(delimiter, maxLength) })
  }
  return framer(framing, binary())
}

function delimiterOption(value: unknown): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? Buffer.from(value) : null
  if (bytes !== null && bytes.length >= 1 && bytes.length <= LONGEST) return bytes
  const got = bytes === null ? describe(value) : `${bytes.length} bytes`
  throw new ShinyError('ERR_OPTION', `delimiter: expected 1 to ${LONGEST} bytes or a string of as many, got ${got}`, {
    path: 'delimiter'
  })
}

function markOf(delimiter: Buffer): Mark {
  const size = delimiter.length
  const isBegun = (src: ByteReader, from: number, count: number): boolean => {
    for (let i = 0; i < count; i++) if (src.u8(from + i) !== delimiter[i]) return false
    return true
  }
  return {
    last: delimiter[size - 1] as number,
    sizeAt: (src, at) => (at + 1 >= size && isBegun(src, at + 1 - size, size) ? size : 0),
    begun: (src) => {
      const { length } = src
      for (let count = Math.min(size - 1, length); count > 0; count--) {
        if (isBegun(src, length - count, count)) return count
      }
      return 0
    }
  }
}

function planOf(delimiter: Buffer, maxLength: number): FramingPlan {
  return {
    plan: Object.freeze({ kind: 'delimited', delimiter: Object.freeze([...delimiter]), maxLength }),
    read: readMarked,
    refuse: (_reason, detail) => tooLong(detail)
  }
}

/** The first delimiter that a peer finds must be the one at the end. */
function close(dst: ByteWriter, content: number, delimiter: Buffer): void {
  const length = dst.length - content
  dst.bytes(delimiter)
  const start = placeOf(dst, content)
  const end = start + length + delimiter.length
  const { memory } = dst
  const first =
    delimiter.length === 1
      ? find(memory, delimiter[0] as number, start, end)
      : start + memory.subarray(start, end).indexOf(delimiter)
  if (first !== start + length) throw unframeable('delimited(): the content of a frame contains the delimiter')
}
