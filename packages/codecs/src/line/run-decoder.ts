import {
  type ByteReader,
  type CodecLimits,
  type Decoder,
  latin1Text,
  NEED_MORE,
  type NeedMore,
  utf8Text
} from '@shiny/core/codec'
import { RUN } from './frames.js'
import type { LineSettings } from './options.js'

const LF = 0x0a
const CR = 0x0d
/** What is gathered in vain costs as much as the lines in it: where text is not ASCII, it is tried less and less often. */
const FEWEST_SINGLES = 32
const MOST_SINGLES = 4096

/**
 * Makes one text of lines that stand next to each other, of which each is cut, as {@link LineFrames} does of those that were found
 * natively. All that is not plain is left to the decoder of single lines: lines that are incomplete, long, or of more bytes than
 * characters. No byte is looked at again that this decoder has been shown in vain.
 */
export class LineRunDecoder implements Decoder<string> {
  readonly #lines: Decoder<string>
  readonly #latin1: boolean
  readonly #ending: string
  readonly #dropsReturn: boolean
  readonly #maxLength: number
  /** The run, where its next line begins, and the reader's state that this holds for. */
  #text = ''
  #place = 0
  #position = 0
  #pointed = -1
  /** How many lines are decoded one by one before others are gathered, since some had more bytes than characters, and how many the last time. */
  #singles = 0
  #patience = FEWEST_SINGLES
  /** Whether single lines are asked for: one has begun, or the limits are others than the options say. */
  #begun = false
  #limited = false

  /** `lines` decodes single lines. */
  constructor(settings: LineSettings, lines: Decoder<string>) {
    this.#lines = lines
    this.#latin1 = settings.encoding === 'latin1'
    this.#ending = settings.newline === 'crlf' ? '\r\n' : '\n'
    this.#dropsReturn = settings.newline === 'any'
    this.#maxLength = settings.maxLength
  }

  decode(src: ByteReader): string | NeedMore {
    if (this.#begun || this.#limited) return this.#one(src)
    if (this.#singles > 0) {
      this.#singles--
      return this.#one(src)
    }
    const isKnown = src.pointed === this.#pointed && src.position === this.#position && this.#place < this.#text.length
    return isKnown || this.#gather(src) ? this.#next(src) : this.#one(src)
  }

  setLimits(limits: CodecLimits): void {
    this.#lines.setLimits?.(limits)
    this.#limited = true
  }

  /** Makes a text of the lines that are there; false when it is better left alone. */
  #gather(src: ByteReader): boolean {
    const first = src.indexOf(LF)
    const room = Math.min(src.length, RUN)
    if (first === -1 || first + 1 >= room) return false
    const { memory, position } = src
    // It finds the first at the latest, and looks at nothing before it.
    const last = memory.lastIndexOf(LF, position + room - 1)
    if (last === position + first) return false
    const text = this.#latin1 ? latin1Text(memory, position, last + 1) : utf8Text(memory, position, last + 1)
    if (text.length !== last + 1 - position) {
      this.#patience = Math.min(2 * this.#patience, MOST_SINGLES)
      this.#singles = this.#patience
      return false
    }
    this.#patience = FEWEST_SINGLES
    this.#text = text
    this.#place = 0
    this.#pointed = src.pointed
    return true
  }

  #next(src: ByteReader): string | NeedMore {
    const text = this.#text
    const place = this.#place
    const at = text.indexOf(this.#ending, place)
    const contentEnd = this.#dropsReturn && at > place && text.charCodeAt(at - 1) === CR ? at - 1 : at
    if (at === -1 || contentEnd - place > this.#maxLength) return this.#one(src)
    const next = at + this.#ending.length
    src.beginFrame()
    src.skip(next - place)
    this.#place = next
    this.#position = src.position
    return text.substring(place, contentEnd)
  }

  #one(src: ByteReader): string | NeedMore {
    this.#text = ''
    this.#begun = false
    const line = this.#lines.decode(src)
    this.#begun = line === NEED_MORE
    return line
  }
}
