import { type ByteReader, type ByteWriter, type Format, ShinyError } from '@shiny/core/codec'
import { checkOptions, choiceOption, lengthOption, unsendable } from '../options.js'

/** Options of {@link text}. */
export interface TextOptions {
  /** How bytes and characters correspond; ill-formed UTF-8 is received as U+FFFD. Default: `utf8`. */
  readonly encoding?: 'utf8' | 'latin1'
  /** The longest content in bytes, received or sent, from 0 to 1,073,741,824. Default: what the framer or the network allows. */
  readonly maxLength?: number
}

/**
 * A frame or a datagram is a text. What is sent must be a string; anything else throws ERR_MESSAGE_TYPE. With `latin1`, characters beyond
 * U+00FF throw ERR_INVALID_MESSAGE.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function text(options: TextOptions = {}): Format<string> {
  checkOptions('text', options, ['encoding', 'maxLength'])
  const latin1 = choiceOption('encoding', options.encoding, 'utf8', ['utf8', 'latin1']) === 'latin1'
  return Object.freeze({
    name: 'text',
    maxLength: lengthOption('maxLength', options.maxLength),
    decode: latin1 ? (src: ByteReader) => src.takeLatin1(src.length) : (src: ByteReader) => src.takeUtf8(src.length),
    encode: latin1 ? writeLatin1 : writeUtf8
  })
}

function writeUtf8(message: string, dst: ByteWriter): void {
  if (typeof message !== 'string') throw unsendable('text', message, 'a string')
  dst.utf8(message)
}

function writeLatin1(message: string, dst: ByteWriter): void {
  if (typeof message !== 'string') throw unsendable('text', message, 'a string')
  if (/[^\0-\xff]/.test(message)) {
    const told = 'text(): a text to be sent has characters beyond U+00FF'
    throw new ShinyError('ERR_INVALID_MESSAGE', told, { origin: 'encode' })
  }
  dst.latin1(message)
}
