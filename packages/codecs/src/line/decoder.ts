import {
  type ByteReader,
  DecodeError,
  type Decoder,
  type FrameCursor,
  type FrameReader,
  NEED_MORE,
  type NeedMore
} from '@shiny/core/codec'
import type { LineSettings } from './options.js'

const LF = 0x0a
const CR = 0x0d

/** The error for a line that is longer than `maxLength` bytes. */
function tooLong(maxLength: number): DecodeError {
  return new DecodeError('ERR_FRAME_TOO_LONG', `a line is longer than ${maxLength} bytes`)
}

/** Cuts lines in TypeScript; the native plan `line` must agree with it. */
export class LineDecoder implements Decoder<string> {
  readonly #newline: LineSettings['newline']
  readonly #maxLength: number
  readonly #latin1: boolean
  /** How many unread bytes hold no ending, so that a long line in small pieces is searched once. */
  #scanned = 0

  constructor(settings: LineSettings) {
    this.#newline = settings.newline
    this.#maxLength = settings.maxLength
    this.#latin1 = settings.encoding === 'latin1'
  }

  decode(src: ByteReader): string | NeedMore {
    for (;;) {
      const feed = src.indexOf(LF, this.#scanned)
      if (feed === -1) return this.#incomplete(src)
      const returned = feed > 0 && src.u8(feed - 1) === CR
      if (this.#newline === 'crlf' && !returned) {
        this.#scanned = feed + 1
        continue
      }
      const length = returned && this.#newline !== 'lf' ? feed - 1 : feed
      if (length > this.#maxLength) throw tooLong(this.#maxLength)
      this.#scanned = 0
      const text = this.#latin1 ? src.takeLatin1(length) : src.takeUtf8(length)
      src.skip(feed + 1 - length)
      return text
    }
  }

  /** Refuses as soon as no ending that may still come could make the line short enough. */
  #incomplete(src: ByteReader): NeedMore {
    const length = src.length
    const excess = length - this.#maxLength
    if (excess > 0 && (excess > 1 || this.#newline === 'lf' || src.u8(length - 1) !== CR))
      throw tooLong(this.#maxLength)
    this.#scanned = length
    return NEED_MORE
  }
}

/** Makes lines from the entries of the native plan `line`: `[end, contentEnd]`. */
export class LineFrames implements FrameReader<string> {
  readonly #latin1: boolean

  constructor(settings: LineSettings) {
    this.#latin1 = settings.encoding === 'latin1'
  }

  read(cursor: FrameCursor): string {
    const { table, at, start, bytes } = cursor
    const contentEnd = table[at + 1] as number
    cursor.at = at + 2
    cursor.start = table[at] as number
    return this.#latin1 ? bytes.latin1Slice(start, contentEnd) : bytes.utf8Slice(start, contentEnd)
  }

  refuse(_reason: number, detail: number): DecodeError {
    return tooLong(detail)
  }
}
