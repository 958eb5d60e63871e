import { DecodeError } from '../../errors/index.js'
import type { ByteReader } from '../byte-reader.js'
import { type Codec, NEED_MORE, type NeedMore } from '../contract.js'
import type { FrameReader, NativeFraming } from '../native-framing.js'
import { passedOn } from './passed-on.js'
import { behind, passedBefore } from './places.js'

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
  const from = (decode: (src: ByteReader) => In | NeedMore, src: ByteReader): NewIn | NeedMore => {
    const entered = src.position
    const message = decode(src)
    if (message === NEED_MORE) return NEED_MORE
    try {
      return convert.in(message as In)
    } catch (cause) {
      throw invalid(cause, passedBefore(src, entered))
    }
  }
  return {
    name: codec.name,
    maxBuffered: codec.maxBuffered,
    decoder: () => {
      const inner = codec.decoder()
      const decode = inner.decode.bind(inner)
      const end = inner.end?.bind(inner)
      return {
        decode: (src) => from(decode, src),
        ...(end && { end: (src) => from(end, src) }),
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
    ...(codec.native && { native: mappedFraming(codec.native, (message) => convert.in(message)) })
  }
}

function mappedFraming<In, NewIn>(native: NativeFraming<In>, incoming: (message: In) => NewIn): NativeFraming<NewIn> {
  const { limited } = native
  return {
    plan: native.plan,
    ...(limited && { limited: (limits) => mappedFraming(limited(limits), incoming) }),
    frames: () => {
      const inner: FrameReader<In> = native.frames()
      return {
        read: (cursor) => {
          const { start, bytes } = cursor
          const message = inner.read(cursor)
          try {
            return incoming(message)
          } catch (cause) {
            const frame = inner.frameStart?.(bytes, start, cursor.start) ?? start
            throw invalid(cause, frame - start)
          }
        },
        refuse: (reason, detail) => inner.refuse(reason, detail),
        ...(inner.frameStart && { frameStart: inner.frameStart.bind(inner) })
      }
    }
  }
}

/** What a conversion threw, as the refusal of one message, whose frame begins behind `passed` bytes of the call. */
function invalid(cause: unknown, passed: number): DecodeError {
  if (cause instanceof DecodeError) return behind(cause, passed - cause.passed)
  const message = cause instanceof Error ? cause.message : String(cause)
  return new DecodeError('ERR_INVALID_MESSAGE', message, { recoverable: true, passed, cause })
}
