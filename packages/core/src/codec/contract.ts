import type { DecodeError, ShinyError } from '../errors/index.js'
import type { ByteReader } from './byte-reader.js'
import type { ByteWriter } from './byte-writer.js'
import type { NativeFraming } from './native-framing.js'

declare const needMore: unique symbol

/** The type of {@link NEED_MORE}. */
export type NeedMore = typeof needMore

/** A decoder's answer when the bytes at hand do not hold a whole message. Neither null nor undefined, which may be messages. */
export const NEED_MORE: NeedMore = Symbol('NEED_MORE') as NeedMore

/** Limits of a codec, by the names that it has for them. */
export type CodecLimits = Readonly<Record<string, number>>

/**
 * The parse state of one connection. The connection owns the bytes; a decoder keeps at most what it has learnt of the
 * frame that it stands in.
 */
export interface Decoder<In> {
  /**
   * Reads at most one message from the front of `src` and consumes its bytes.
   *
   * Three situations: less than a message is there (return {@link NEED_MORE} or `src.need(total)`; bytes may have been
   * consumed), exactly one, or more than one (return the first, the framework calls again). Throw a {@link DecodeError}
   * to refuse the bytes.
   */
  readonly decode: (src: ByteReader) => In | NeedMore
  /**
   * Called after the peer's end of stream until it answers {@link NEED_MORE}; without it, bytes left over are an error. Where a native plan
   * has found the frames, it is asked of a decoder that is made for it, and only when bytes are left.
   */
  readonly end?: (src: ByteReader) => In | NeedMore
  /** Whether messages are ready that need no further bytes, because several were made of one frame. */
  readonly pending?: () => boolean
  /**
   * Whether bytes have been consumed of which no message has been delivered: several messages were made of one frame, or a frame is
   * read by and by. They cannot be given back, so that `upgrade` does not forward what is left over while this is so. Default: what
   * `pending` says.
   */
  readonly keeps?: () => boolean
  /**
   * Puts limits in force from the next message on, a frame that has begun to arrive included; what is left out is as the codec was made.
   * The decoder is then asked again. Throw a {@link ShinyError} `ERR_OPTION`, with nothing changed, for what is no limit.
   */
  readonly setLimits?: (limits: CodecLimits) => void
}

/** How messages of one connection become bytes. */
export interface Encoder<Out> {
  /** Appends one message. A throw leaves the output as it was before the message began. */
  readonly encode: (message: Out, dst: ByteWriter) => void
  /**
   * Appends what the protocol says to a peer whose bytes were refused, before the connection closes. Not called when the
   * handler's `onError` has sent something or closed the connection itself.
   */
  readonly encodeError?: (error: DecodeError, dst: ByteWriter) => void
}

/**
 * An immutable description of a wire format, shared by all connections: `In` is what the peer's bytes become, `Out` what
 * may be sent.
 */
export interface Codec<In, Out = In> {
  /** Names the codec in errors and statistics. */
  readonly name: string
  /** The most bytes, of one incomplete frame, that a connection may hold. Enforced by the framework whatever the decoder does. */
  readonly maxBuffered: number
  /** Makes the decoder of one connection. */
  readonly decoder: () => Decoder<In>
  /** Makes the encoder of one connection. */
  readonly encoder: () => Encoder<Out>
  /** How a native reactor may find the frames by itself; the decoder is the reference and both must agree. */
  readonly native?: NativeFraming<In>
}

/** What a codec delivers: the type of the messages that a handler receives. */
export type CodecIn<C> = C extends Codec<infer In, infer _Out> ? In : never

/** What a codec accepts: the type of the messages that a handler may send. */
export type CodecOut<C> = C extends Codec<infer _In, infer Out> ? Out : never
