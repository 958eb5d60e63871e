import type { ByteReader, ByteWriter, Format } from '@shiny/core/codec'
import { checkOptions, choiceOption, lengthOption, unsendable } from '../options.js'

/** Options of {@link binary}. */
export interface BinaryOptions {
  /**
   * Deliver a view of memory that is used again when the handler has returned, instead of a copy that the handler owns.
   * Default: false.
   */
  readonly borrow?: boolean
  /** The longest content in bytes, received or sent, from 0 to 1,073,741,824. Default: what the framer or the network allows. */
  readonly maxLength?: number
}

/**
 * A frame or a datagram is its bytes. What is sent may be bytes, or a string, which goes out in UTF-8; anything else throws
 * ERR_MESSAGE_TYPE.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function binary(options: BinaryOptions = {}): Format<Uint8Array, Uint8Array | string> {
  checkOptions('binary', options, ['borrow', 'maxLength'])
  const borrow = choiceOption('borrow', options.borrow, false, [false, true])
  return Object.freeze({
    name: 'binary',
    maxLength: lengthOption('maxLength', options.maxLength),
    decode: borrow ? (src: ByteReader) => src.borrow(src.length) : (src: ByteReader) => src.takeBytes(src.length),
    encode: writeBinary
  })
}

function writeBinary(message: Uint8Array | string, dst: ByteWriter): void {
  if (typeof message === 'string') dst.utf8(message)
  else if (message instanceof Uint8Array) dst.bytes(message)
  else throw unsendable('binary', message, 'bytes or a string')
}
