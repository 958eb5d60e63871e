import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { type Codec, NEED_MORE, type NeedMore } from '../contract.js'
import { passedOn } from './passed-on.js'
import { behind } from './places.js'

/** What a peer sends once, before the messages: a magic number, a version, a greeting. */
export interface PreambleFormat<Header> {
  /** Names it in errors. */
  readonly name: string
  /** The most bytes that it may take. */
  readonly maxLength: number
  /** Reads and consumes it; {@link NEED_MORE} when it is not whole. Throw a DecodeError to refuse the peer. */
  readonly decode: (src: ByteReader) => Header | NeedMore
  /** Writes this side's own, before the first message that is sent. Default: nothing. */
  readonly encode?: (dst: ByteWriter) => void
}

/** A codec behind a preamble. What the preamble says becomes the first message where `deliver` makes one of it. */
export function behindPreamble<Header, In, Out, First>(
  preamble: PreambleFormat<Header>,
  codec: Codec<In, Out>,
  deliver?: (header: Header) => First
): Codec<In | First, Out> {
  return {
    name: `${preamble.name}, then ${codec.name}`,
    maxBuffered: Math.max(codec.maxBuffered, preamble.maxLength),
    decoder: () => {
      const inner = codec.decoder()
      const end = inner.end
      let passed = false
      const decode = (src: ByteReader): In | First | NeedMore => {
        if (passed) return inner.decode(src)
        const entered = src.position
        const header = preamble.decode(src)
        if (header === NEED_MORE) return NEED_MORE
        passed = true
        if (deliver !== undefined) return deliver(header as Header)
        const began = src.position
        try {
          return inner.decode(src)
        } catch (error) {
          throw behind(error, began - entered)
        }
      }
      return {
        decode,
        ...passedOn(inner),
        ...(end && { end: (src) => (passed ? end.call(inner, src) : NEED_MORE) })
      }
    },
    encoder: () => {
      const inner = codec.encoder()
      let sent = preamble.encode === undefined
      return {
        encode: (message, dst) => {
          if (!sent) preamble.encode?.(dst)
          inner.encode(message, dst)
          sent = true
        },
        ...(inner.encodeError && { encodeError: inner.encodeError.bind(inner) })
      }
    }
  }
}
