import type { DecodeError } from '../errors/index.js'
import type { CodecLimits, Decoder } from './contract.js'
import type { RawBuffer } from './raw-buffer.js'

/** Cuts nothing: every read is one message. An entry is `[end]`. */
export interface BytesPlan {
  readonly kind: 'bytes'
}

/**
 * Cuts after each line feed. An entry is `[end, contentEnd]`; the content begins where the frame before it ended.
 * Refusals: 1, the line is longer than `maxLength` (detail: `maxLength`).
 */
export interface LinePlan {
  readonly kind: 'line'
  /** Which ending counts: a lone LF, CR LF, or either. */
  readonly newline: 'any' | 'lf' | 'crlf'
  /** The longest line without its ending, in bytes. */
  readonly maxLength: number
}

/**
 * Cuts after each delimiter. An entry is `[end, contentEnd]`; the content begins where the frame before it ended.
 * Refusals: 1, the content is longer than `maxLength` (detail: `maxLength`).
 */
export interface DelimitedPlan {
  readonly kind: 'delimited'
  /** The bytes of the delimiter, 1 to 16. */
  readonly delimiter: readonly number[]
  /** The longest content without its delimiter, in bytes. */
  readonly maxLength: number
}

/** Cuts frames of one size. An entry is `[end]`. Refuses nothing. */
export interface FixedPlan {
  readonly kind: 'fixed'
  /** The length of each frame, in bytes. */
  readonly size: number
}

/**
 * Cuts frames that tell their length. A frame is `offset` bytes, the length in `bytes` bytes, and as many bytes more as the length says, plus
 * `adjust`; its content is all but the first `strip` bytes. An entry is `[end]`. Refusals: 1, the content is longer than `maxLength`
 * (detail: `maxLength`); 2, the frame is shorter than what stands before its content (detail: 0).
 */
export interface LengthPlan {
  readonly kind: 'length'
  readonly offset: number
  readonly bytes: 1 | 2 | 3 | 4 | 8
  readonly littleEndian: boolean
  readonly adjust: number
  readonly strip: number
  readonly maxLength: number
}

/**
 * Cuts RESP requests: arrays of bulk strings, and inline commands.
 *
 * An entry is `[end, token, count, (start, end) × count]`: the token of the name or -1, the number of arguments with the
 * name among them, and where each lies. A count of 0, with a token of -1, means that the arguments were not indexed (there
 * are more than 4,096, or an inline command has quotes); the reader walks the bytes from the frame before on. Empty requests
 * have no entry. Refusals have the numbers of `Refusal` in `@shiny/codecs`; the detail of 6 is the byte found in place of a `$`,
 * that of 9 and 10 the number announced, or -1 where it is more than 2^31 - 1.
 */
export interface RespPlan {
  readonly kind: 'resp'
  /** The longest header or inline line, in bytes. */
  readonly maxLine: number
  /** The longest bulk string, in bytes. */
  readonly maxBulk: number
  /** The most arguments of one command, its name among them. */
  readonly maxArguments: number
  /** Upper-case command names that are recognised while framing; an entry's index is its token. */
  readonly names: readonly string[]
}

/** A framing that the native reactor knows, as plain data. */
export type NativePlan = BytesPlan | LinePlan | DelimitedPlan | FixedPlan | LengthPlan | RespPlan

/**
 * The frames that the reactor found in one connection's bytes, and how far they have been read. `at` walks `table`,
 * `start` walks `bytes`; a {@link FrameReader} moves both past the frame that it reads.
 *
 * `bytes` is lent: it is overwritten after the call.
 */
export interface FrameCursor {
  /** The memory that the frames lie in. */
  bytes: RawBuffer
  /** The entries of the frames, in the layout of the plan. Word 0 of an entry is the end of its frame in `bytes`. */
  table: Int32Array
  /** The index in `table` of the next entry. */
  at: number
  /** The index in `table` behind the last entry. */
  until: number
  /** Differs from one set of frames to the next: what a reader has kept of another is of no use. */
  walk: number
  /** The offset in `bytes` at which the next frame begins. */
  start: number
}

/** Turns the entries of a plan into messages; one for each connection, unless it keeps nothing beyond a walk. */
export interface FrameReader<In> {
  /** Makes the message of the entry at `cursor.at` and moves the cursor behind it, also when it throws. */
  readonly read: (cursor: FrameCursor) => In
  /** The error for a native refusal: `reason` is the plan's number for it, `detail` a byte or a length, as the plan defines. */
  readonly refuse: (reason: number, detail: number) => DecodeError
  /**
   * Where the frame begins that ends at `end`: bytes that ask for no message, and have no entry, may stand between `start`, where the frame
   * before it ended, and it. Asked when a message is refused. Default: `start`.
   */
  readonly frameStart?: (bytes: RawBuffer, start: number, end: number) => number
}

/** A codec's offer to be framed natively. */
export interface NativeFraming<In> {
  /** Plain data; the addon needs no JavaScript to understand it. */
  readonly plan: NativePlan
  /** Makes the reader of one connection's frames. */
  readonly frames: () => FrameReader<In>
  /** The same with limits in force, as {@link Decoder.setLimits} does it and with the same errors. */
  readonly limited?: (limits: CodecLimits) => NativeFraming<In>
}
