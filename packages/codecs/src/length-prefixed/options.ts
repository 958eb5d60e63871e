import { checkOptions, choiceOption, integerOption, MOST, optionError } from '../options.js'

/** Options of {@link lengthPrefixed}. */
export interface LengthPrefixedOptions {
  /** How many bytes the length has. Default: 4. */
  readonly bytes?: 1 | 2 | 3 | 4 | 8
  /** Whether the least significant byte of the length comes first. Default: false. */
  readonly littleEndian?: boolean
  /**
   * The longest content, in bytes, received or sent, from 0 to 1,073,741,824; less where the length cannot tell as much. A length above it is
   * refused before any byte of the content has come. Default: 8,388,608, which is 8 MiB.
   */
  readonly maxLength?: number
  /** How many bytes of the frame stand before the length, from 0 to 1,024. Default: 0. */
  readonly offset?: number
  /** Whether the length counts itself and what stands before it too. Default: false. */
  readonly includesPrefix?: boolean
  /**
   * How many bytes more the frame has than the length tells, from −65,536 to 65,536; for headers behind the length that it does not count, or
   * for a length that counts something else besides. Default: 0.
   */
  readonly adjust?: number
  /** How many bytes at the front of the frame do not belong to the content, from 0 to 1,024. Default: `offset + bytes`. */
  readonly strip?: number
  /**
   * What becomes of a received frame whose content is longer: `close` ends the connection; `skip` drops it as it comes, and is one
   * recoverable ERR_FRAME_TOO_LONG. With `skip` frames are found in TypeScript. Default: `close`.
   */
  readonly oversize?: 'close' | 'skip'
}

/** Where the length stands, and what it counts. */
export interface LengthSettings {
  readonly offset: number
  readonly bytes: 1 | 2 | 3 | 4 | 8
  readonly littleEndian: boolean
  /** How many bytes the frame has besides those behind the length that the length tells of. */
  readonly adjust: number
  readonly strip: number
  readonly maxLength: number
  readonly skips: boolean
  /** The bytes up to the end of the length. */
  readonly head: number
  /** The largest length that can be told. */
  readonly largest: number
}

const NAMES = ['bytes', 'littleEndian', 'maxLength', 'offset', 'includesPrefix', 'adjust', 'strip', 'oversize']
const BYTES = [1, 2, 3, 4, 8] as const

/** Checks the options and fills in the defaults. */
export function lengthSettings(options: LengthPrefixedOptions): LengthSettings {
  checkOptions('lengthPrefixed', options, NAMES)
  const bytes = options.bytes ?? 4
  if (!BYTES.includes(bytes)) throw optionError('bytes', '1, 2, 3, 4 or 8', bytes)
  const offset = integerOption('offset', options.offset, 0, 0, 1024)
  const head = offset + bytes
  const given = integerOption('adjust', options.adjust, 0, -65_536, 65_536)
  const adjust = choiceOption('includesPrefix', options.includesPrefix, false, [false, true]) ? given - head : given
  const strip = integerOption('strip', options.strip, head, 0, 1024)
  const largest = Math.min(2 ** (8 * bytes) - 1, Number.MAX_SAFE_INTEGER)
  const most = largest + head + adjust - strip
  if (most < 0 || head + largest + adjust < head) {
    throw optionError('adjust', `one with which a length of ${bytes} bytes can tell of any content`, given)
  }
  return Object.freeze({
    offset,
    bytes,
    littleEndian: choiceOption('littleEndian', options.littleEndian, false, [false, true]),
    adjust,
    strip,
    maxLength: Math.min(integerOption('maxLength', options.maxLength, 8 * 1024 * 1024, 0, MOST), most),
    skips: choiceOption('oversize', options.oversize, 'close', ['close', 'skip']) === 'skip',
    head,
    largest
  })
}
