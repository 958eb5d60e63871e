import type { ByteReader } from './byte-reader.js'
import type { ByteWriter } from './byte-writer.js'

/**
 * How the content of one frame, or one datagram, becomes a message, and a message the content. It always sees the whole of it. It is
 * immutable, keeps no state, and is shared by all peers. `framer.of(format)` makes a codec of it; a `UdpServer` takes it as it is.
 */
export interface Format<In, Out = In> {
  /** Names the format in errors. */
  readonly name: string
  /**
   * The longest content in bytes, received or sent: an integer from 0, or Infinity for what only the framing or the network bounds. The
   * smaller of this and the framer's own `maxLength` holds. A datagram has 65,527 bytes at most, 65,507 over IPv4; beyond about 1,400 the
   * network cuts it into pieces, and one that is lost loses all.
   */
  readonly maxLength: number
  /**
   * Makes the message of the whole content, which may be empty. What the message does not copy is lent: it is valid until
   * the handler returns. Whatever it throws refuses this frame or datagram alone.
   */
  readonly decode: (src: ByteReader) => In
  /** Writes the whole content of one message; it may be empty. A throw is what `send` throws, and nothing is sent. */
  readonly encode: (message: Out, dst: ByteWriter) => void
}
