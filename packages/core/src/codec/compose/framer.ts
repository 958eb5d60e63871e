import { DecodeError, ShinyError } from '../../errors/index.js'
import { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { type Codec, type Decoder, type Encoder, NEED_MORE } from '../contract.js'
import type { Format } from '../format.js'
import type { FrameCursor, NativePlan } from '../native-framing.js'

/** Where a frame's content lies, in offsets from the first unread byte, and how long the frame is in all. Filled by a cutter. */
export interface FrameBounds {
  start: number
  end: number
  total: number
}

/** Finds the frames of one connection's bytes. */
export interface FrameCutter {
  /**
   * Finds the frame at the front of `src`, consumes nothing, fills `bounds` and answers true; false when it is not whole, perhaps after
   * `src.need(total)`. Throws a {@link DecodeError} to refuse the bytes.
   */
  readonly cut: (src: ByteReader, bounds: FrameBounds) => boolean
}

/** Puts frames around what is sent. It keeps no state, and is shared by all connections. */
export interface FrameWrapper {
  /** Writes what stands before the content; nothing, or a hole to be filled. */
  readonly open: (dst: ByteWriter) => void
  /** Writes what stands behind the content, which is all but the first bytes that `open` wrote, or fills the hole. */
  readonly close: (dst: ByteWriter) => void
}

/** How a native reactor finds the frames. */
export interface FramingPlan {
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
  /** The longest content of a frame, in bytes, received or sent. */
  readonly maxLength: number
  /** See {@link Codec.maxBuffered}. */
  readonly maxBuffered: number
  readonly cutter: () => FrameCutter
  readonly wrapper: FrameWrapper
  readonly native?: FramingPlan
}

/** A codec of frames whose content is in a format. */
export function framed<In, Out>(framing: Framing, format: Format<In, Out>): Codec<In, Out> {
  const maxLength = Math.min(framing.maxLength, format.maxLength)
  const { native } = framing
  return {
    name: `${framing.name} of ${format.name}`,
    maxBuffered: framing.maxBuffered,
    decoder: () => new FramedDecoder(framing.cutter(), format, maxLength),
    encoder: () => new FramedEncoder(framing, format, maxLength),
    ...(native && {
      native: { plan: native.plan, frames: () => new FramedReader(native, format, maxLength) }
    })
  }
}

class FramedDecoder<In> implements Decoder<In> {
  readonly #cutter: FrameCutter
  readonly #format: Format<In, never>
  readonly #maxLength: number
  readonly #bounds: FrameBounds = { start: 0, end: 0, total: 0 }

  constructor(cutter: FrameCutter, format: Format<In, never>, maxLength: number) {
    this.#cutter = cutter
    this.#format = format
    this.#maxLength = maxLength
  }

  decode(src: ByteReader): In | typeof NEED_MORE {
    const bounds = this.#bounds
    if (!this.#cutter.cut(src, bounds)) return NEED_MORE
    if (bounds.end - bounds.start > this.#maxLength) {
      src.skip(bounds.total)
      throw tooLong(this.#maxLength)
    }
    return readContent(src, bounds.start, bounds.end, bounds.total, this.#format)
  }
}

class FramedReader<In> {
  readonly #native: FramingPlan
  readonly #format: Format<In, never>
  readonly #maxLength: number
  readonly #bounds: FrameBounds = { start: 0, end: 0, total: 0 }
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
    if (length > this.#maxLength) throw tooLong(this.#maxLength)
    this.#reader.reset(cursor.bytes, bounds.start, bounds.end)
    return readContent(this.#reader, 0, length, length, this.#format)
  }

  refuse(reason: number, detail: number): DecodeError {
    return this.#native.refuse(reason, detail)
  }
}

/** What is wrong with the content of one frame costs that frame alone. */
function readContent<In>(src: ByteReader, start: number, end: number, total: number, format: Format<In, never>): In {
  try {
    return src.content(start, end, total, format)
  } catch (cause) {
    if (cause instanceof DecodeError && cause.recoverable) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new DecodeError('ERR_INVALID_MESSAGE', message, { recoverable: true, cause })
  }
}

function tooLong(maxLength: number): DecodeError {
  return new DecodeError('ERR_FRAME_TOO_LONG', `the content of a frame is longer than ${maxLength} bytes`, {
    recoverable: true
  })
}

class FramedEncoder<Out> implements Encoder<Out> {
  readonly #framing: Framing
  readonly #format: Format<unknown, Out>
  readonly #maxLength: number

  constructor(framing: Framing, format: Format<unknown, Out>, maxLength: number) {
    this.#framing = framing
    this.#format = format
    this.#maxLength = maxLength
  }

  encode(message: Out, dst: ByteWriter): void {
    const { wrapper, name } = this.#framing
    wrapper.open(dst)
    const before = dst.length
    this.#format.encode(message, dst)
    const length = dst.length - before
    if (length > this.#maxLength) {
      const told = `${name}: a frame of ${length} bytes, more than the ${this.#maxLength} that are allowed`
      throw new ShinyError('ERR_FRAME_TOO_LONG', told, { origin: 'encode' })
    }
    wrapper.close(dst)
  }
}
