import { DecodeError, ShinyError } from '../../errors/index.js'
import { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { type Codec, type CodecLimits, type Decoder, type Encoder, NEED_MORE, type NeedMore } from '../contract.js'
import type { Format } from '../format.js'
import type { FrameCursor, NativeFraming, NativePlan } from '../native-framing.js'
import type { RawBuffer } from '../raw-buffer.js'
import { limitedPlan, maxLengthOf } from './frame-limits.js'

/** Where a frame's content lies, in offsets from the first unread byte, and how long the frame is in all. Filled by a cutter. */
export interface FrameBounds {
  start: number
  end: number
  total: number
  /**
   * Memory that the content was decoded to, for framings that escape it: then `start` and `end` count in there. It may be overwritten by
   * the next frame. Null, as it is from the beginning, where the content lies among the unread bytes.
   */
  memory: RawBuffer | null
}

/** Finds the frames of one connection's bytes. */
export interface FrameCutter {
  /**
   * Finds the frame at the front of `src`, does not consume it, fills `bounds` and answers true; false when it is not whole, perhaps after
   * `src.need(total)`. Bytes before it that are to be dropped are consumed. Throws a {@link DecodeError} to refuse the bytes; a recoverable
   * one when it has consumed the frame that is wrong, or as much of it as there is.
   *
   * `maxLength` is the longest content, in bytes, that may be cut: that of the framing, or less where `setLimits` says so, in which case it
   * may have changed since the last call.
   */
  readonly cut: (src: ByteReader, bounds: FrameBounds, maxLength: number) => boolean
  /** The same after the peer's end of stream, until it answers false. Without it, bytes left over are an error. */
  readonly end?: (src: ByteReader, bounds: FrameBounds, maxLength: number) => boolean
  /** Whether it has consumed a part of a frame, the rest of which is to be dropped; see {@link Decoder.keeps}. */
  readonly keeps?: () => boolean
}

/** Puts frames around what is sent. It keeps no state, and is shared by all connections. */
export interface FrameWrapper {
  /** Writes what stands before the content; nothing, or a hole to be filled. */
  readonly open: (dst: ByteWriter) => void
  /**
   * Writes what stands behind the content, or fills the hole. `frame` and `content` are the offsets at which the frame and its content
   * begin in the message being written, whose end is the end of the content. Throws a ShinyError for content that cannot be framed.
   */
  readonly close: (dst: ByteWriter, frame: number, content: number) => void
}

/** How a native reactor finds the frames. */
export interface FramingPlan {
  /** Its `maxLength`, where it has one, is that of the framing. */
  readonly plan: NativePlan
  /** Fills `bounds` with offsets in `cursor.bytes` from the entry at `cursor.at`, and moves the cursor behind the entry; `total` is not used. */
  readonly read: (cursor: FrameCursor, bounds: FrameBounds) => void
  /** See {@link FrameReader.refuse}. */
  readonly refuse: (reason: number, detail: number) => DecodeError
}

/** A way to tell frames apart, whatever is in them. */
export interface Framing {
  /** Names it in errors. */
  readonly name: string
  /** The longest content of a frame, in bytes, received or sent. What is received may be bounded further by `setLimits`. */
  readonly maxLength: number
  /** See {@link Codec.maxBuffered}. */
  readonly maxBuffered: number
  /** Makes the cutter of one connection; one that keeps no state may serve all. */
  readonly cutter: () => FrameCutter
  readonly wrapper: FrameWrapper
  readonly native?: FramingPlan
}

/** A codec of frames whose content is in a format. */
export function framed<In, Out>(framing: Framing, format: Format<In, Out>): Codec<In, Out> {
  const { native } = framing
  return {
    name: `${framing.name} of ${format.name}`,
    maxBuffered: framing.maxBuffered,
    decoder: () => decoderOf(framing, format),
    encoder: () => new FramedEncoder(framing, format),
    ...(native && { native: nativeOf(framing, native, format, framing.maxLength) })
  }
}

function decoderOf<In>(framing: Framing, format: Format<In, never>): Decoder<In> {
  const cutter = framing.cutter()
  return cutter.end === undefined
    ? new FramedDecoder(framing, cutter, format)
    : new EndingDecoder(framing, cutter, format)
}

function nativeOf<In>(
  framing: Framing,
  native: FramingPlan,
  format: Format<In, never>,
  maxLength: number
): NativeFraming<In> {
  return {
    plan: limitedPlan(native.plan, maxLength),
    frames: () => new FramedReader(native, format, Math.min(maxLength, format.maxLength)),
    limited: (limits) => nativeOf(framing, native, format, maxLengthOf(framing, limits))
  }
}

class FramedDecoder<In> implements Decoder<In> {
  readonly #framing: Framing
  readonly #cutter: FrameCutter
  readonly #format: Format<In, never>
  readonly #bounds: FrameBounds = { start: 0, end: 0, total: 0, memory: null }
  /** What the cutter is held to. */
  #cutLength: number
  /** What the content is held to: what is above it and was cut is refused alone. */
  #maxLength: number
  /** Reads content that does not lie among the unread bytes. */
  #apart: ByteReader | null = null

  constructor(framing: Framing, cutter: FrameCutter, format: Format<In, never>) {
    this.#framing = framing
    this.#cutter = cutter
    this.#format = format
    this.#cutLength = framing.maxLength
    this.#maxLength = Math.min(framing.maxLength, format.maxLength)
  }

  setLimits(limits: CodecLimits): void {
    this.#cutLength = maxLengthOf(this.#framing, limits)
    this.#maxLength = Math.min(this.#cutLength, this.#format.maxLength)
  }

  keeps(): boolean {
    return this.#cutter.keeps?.() ?? false
  }

  decode(src: ByteReader): In | NeedMore {
    const entered = src.position
    const isCut = this.#cutter.cut(src, this.#bounds, this.#cutLength)
    return isCut ? this.#read(src, src.position - entered) : NEED_MORE
  }

  protected decodeLast(src: ByteReader): In | NeedMore {
    const entered = src.position
    const isCut = this.#cutter.end?.(src, this.#bounds, this.#cutLength)
    return isCut ? this.#read(src, src.position - entered) : NEED_MORE
  }

  /** Reads the frame at the front. `passed` bytes have been dropped before it, in the same call. */
  #read(src: ByteReader, passed: number): In {
    const { start, end, total, memory } = this.#bounds
    const length = end - start
    if (length > this.#maxLength) {
      src.skip(total)
      throw tooLong(this.#maxLength, passed)
    }
    try {
      if (memory === null) return src.content(start, end, total, this.#format)
      src.beginFrame()
      src.skip(total)
      this.#apart ??= new ByteReader()
      this.#apart.reset(memory, start, end)
      return this.#format.decode(this.#apart)
    } catch (cause) {
      throw alone(cause, passed)
    }
  }
}

/** For cutters that have something to say of the end of the stream. */
class EndingDecoder<In> extends FramedDecoder<In> {
  end(src: ByteReader): In | NeedMore {
    return this.decodeLast(src)
  }
}

class FramedReader<In> {
  readonly #native: FramingPlan
  readonly #format: Format<In, never>
  readonly #maxLength: number
  readonly #bounds: FrameBounds = { start: 0, end: 0, total: 0, memory: null }
  readonly #reader = new ByteReader()

  constructor(native: FramingPlan, format: Format<In, never>, maxLength: number) {
    this.#native = native
    this.#format = format
    this.#maxLength = maxLength
  }

  read(cursor: FrameCursor): In {
    const bounds = this.#bounds
    this.#native.read(cursor, bounds)
    const length = bounds.end - bounds.start
    if (length > this.#maxLength) throw tooLong(this.#maxLength, 0)
    this.#reader.reset(cursor.bytes, bounds.start, bounds.end)
    try {
      return this.#format.decode(this.#reader)
    } catch (cause) {
      throw alone(cause, 0)
    }
  }

  refuse(reason: number, detail: number): DecodeError {
    return this.#native.refuse(reason, detail)
  }
}

/** What a format threw, as the refusal of its frame alone. */
function alone(cause: unknown, passed: number): DecodeError {
  const known = cause instanceof DecodeError && cause.recoverable
  if (known && cause.passed === passed) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  return new DecodeError(known ? cause.code : 'ERR_INVALID_MESSAGE', message, { recoverable: true, passed, cause })
}

function tooLong(maxLength: number, passed: number): DecodeError {
  const told = `the content of a frame is longer than ${maxLength} bytes`
  return new DecodeError('ERR_FRAME_TOO_LONG', told, { recoverable: true, passed })
}

class FramedEncoder<Out> implements Encoder<Out> {
  readonly #framing: Framing
  readonly #format: Format<unknown, Out>
  readonly #maxLength: number

  constructor(framing: Framing, format: Format<unknown, Out>) {
    this.#framing = framing
    this.#format = format
    this.#maxLength = Math.min(framing.maxLength, format.maxLength)
  }

  encode(message: Out, dst: ByteWriter): void {
    const { wrapper, name } = this.#framing
    const frame = dst.length
    wrapper.open(dst)
    const content = dst.length
    this.#format.encode(message, dst)
    const length = dst.length - content
    if (length > this.#maxLength) {
      const told = `${name}: a frame of ${length} bytes, more than the ${this.#maxLength} that are allowed`
      throw new ShinyError('ERR_FRAME_TOO_LONG', told, { origin: 'encode' })
    }
    wrapper.close(dst, frame, content)
  }
}
