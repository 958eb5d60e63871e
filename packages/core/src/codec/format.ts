import type { ByteReader } from './byte-reader.js'
import type { ByteWriter } from './byte-writer.js'

/**
 * How one datagram becomes a message, and a message a datagram: what a codec is to a stream. It is immutable, keeps no
 * state, and is shared by all peers.
 */
export interface Format<In, Out = In> {
  /** Names the format in errors. */
  readonly name: string
  /**
   * The longest datagram in bytes, received or sent, 0 to 65,527. UDP over IPv4 carries 65,507 at most; beyond about 1,400 the
   * network cuts a datagram into pieces, and one that is lost loses all.
   */
  readonly maxLength: number
  /**
   * Makes the message of a whole datagram, which may be empty. What the message does not copy is lent: it is valid until
   * the handler returns. Throw a {@link DecodeError} to refuse the datagram.
   */
  readonly decode: (src: ByteReader) => In
  /** Writes the whole of one datagram; nothing written is an empty one. */
  readonly encode: (message: Out, dst: ByteWriter) => void
}
