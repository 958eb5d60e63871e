import { type ByteReader, type ByteWriter, type Format, ShinyError } from '@shiny/core/codec'
import { checkOptions, choiceOption, describe, integerOption } from './options.js'

/** What UDP over IPv4 carries at most, in bytes. */
const LONGEST_IPV4 = 65_507
/** What UDP over IPv6 carries at most, in bytes. */
const LONGEST = 65_527

/** Options of {@link datagramText}. */
export interface DatagramTextOptions {
  /** The longest datagram, received or sent, in bytes, 0 to 65,527. Default: 65,507, the most that IPv4 carries. */
  readonly maxLength?: number
}

/** Options of {@link datagramBytes}. */
export interface DatagramBytesOptions extends DatagramTextOptions {
  /**
   * Deliver a view of the server's memory, which dies when the handler returns, instead of a copy that the handler owns.
   * Default: false.
   */
  readonly borrow?: boolean
}

/**
 * A datagram is a text in UTF-8. Ill-formed sequences become U+FFFD. What is sent must be a string; anything else throws
 * ERR_MESSAGE_TYPE.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown or out of range
 */
export function datagramText(options: DatagramTextOptions = {}): Format<string> {
  checkOptions('datagramText', options, ['maxLength'])
  return Object.freeze({
    name: 'text',
    maxLength: integerOption('maxLength', options.maxLength, LONGEST_IPV4, 0, LONGEST),
    decode: (src: ByteReader) => src.takeUtf8(src.length),
    encode: (message: string, dst: ByteWriter) => {
      if (typeof message !== 'string') throw unsendable('datagramText', message, 'a string')
      dst.utf8(message)
    }
  })
}

/**
 * A datagram is its bytes. What is sent may be bytes, or a string, which goes out in UTF-8; anything else throws
 * ERR_MESSAGE_TYPE.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function datagramBytes(options: DatagramBytesOptions = {}): Format<Uint8Array, Uint8Array | string> {
  checkOptions('datagramBytes', options, ['maxLength', 'borrow'])
  const borrow = choiceOption('borrow', options.borrow, false, [false, true])
  return Object.freeze({
    name: 'bytes',
    maxLength: integerOption('maxLength', options.maxLength, LONGEST_IPV4, 0, LONGEST),
    decode: (src: ByteReader) => (borrow ? src.borrow(src.length) : src.takeBytes(src.length)),
    encode: (message: Uint8Array | string, dst: ByteWriter) => {
      if (typeof message === 'string') dst.utf8(message)
      else if (message instanceof Uint8Array) dst.bytes(message)
      else throw unsendable('datagramBytes', message, 'bytes or a string')
    }
  })
}

function unsendable(format: string, message: unknown, expected: string): ShinyError {
  return new ShinyError('ERR_MESSAGE_TYPE', `${format}(): cannot send ${describe(message)}, expected ${expected}`, {
    origin: 'encode'
  })
}
