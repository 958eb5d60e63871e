import { DecodeError } from '../../errors/index.js'
import { type Codec, NEED_MORE, type NeedMore } from '../contract.js'
import type { FrameReader, NativeFraming } from '../native-framing.js'
import { passedOn } from './passed-on.js'

/** What becomes of the messages of a codec on their way in and out. */
export interface Conversion<In, Out, NewIn, NewOut> {
  /** Makes a message of what the codec decoded. A throw refuses that message alone: its frame is intact. */
  readonly in: (message: In) => NewIn
  /** Makes what the codec encodes of a message. */
  readonly out: (message: NewOut) => Out
}

/** A codec whose messages are converted; a native plan of it stays in force. */
export function mapped<In, Out, NewIn, NewOut>(
  codec: Codec<In, Out>,
  convert: Conversion<In, Out, NewIn, NewOut>
): Codec<NewIn, NewOut> {
  const incoming = (message: In | NeedMore): NewIn | NeedMore => {
    if (message === NEED_MORE) return NEED_MORE
    try {
      return convert.in(message as In)
    } catch (cause) {
      throw invalid(cause)
    }
  }
  return {
    name: codec.name,
    maxBuffered: codec.maxBuffered,
    decoder: () => {
      const inner = codec.decoder()
      const { end } = inner
      return {
        decode: (src) => incoming(inner.decode(src)),
        ...(end && { end: (src) => incoming(end.call(inner, src)) }),
        ...passedOn(inner)
      }
    },
    encoder: () => {
      const inner = codec.encoder()
      return {
        encode: (message, dst) => inner.encode(convert.out(message), dst),
        ...(inner.encodeError && { encodeError: inner.encodeError.bind(inner) })
      }
    },
    ...(codec.native && { native: mappedFraming(codec.native, incoming) })
  }
}

function mappedFraming<In, NewIn>(
  native: NativeFraming<In>,
  incoming: (message: In) => NewIn | NeedMore
): NativeFraming<NewIn> {
  const { limited } = native
  return {
    plan: native.plan,
    ...(limited && { limited: (limits) => mappedFraming(limited(limits), incoming) }),
    frames: () => {
      const inner: FrameReader<In> = native.frames()
      return {
        read: (cursor) => incoming(inner.read(cursor)) as NewIn,
        refuse: (reason, detail) => inner.refuse(reason, detail)
      }
    }
  }
}

/** What a conversion threw, as the refusal of one message. */
export function invalid(cause: unknown): DecodeError {
  if (cause instanceof DecodeError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  return new DecodeError('ERR_INVALID_MESSAGE', message, { recoverable: true, cause })
}
