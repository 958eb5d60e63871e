import { type RawBuffer, rawBuffer } from '@shiny/core/codec'
import { type CommandView, UNRESOLVED } from './command-view.js'
import { splitWords, unquoteWords } from './inline.js'
import { strictInteger } from './integer.js'
import { Offsets } from './offsets.js'
import type { RespLimitsInForce } from './options.js'
import { Refusal, refusal } from './refusal.js'

const STAR = 0x2a
const DOLLAR = 0x24
const CR = 0x0d
const LF = 0x0a
const INCOMPLETE = -1

/**
 * Reads requests: arrays of bulk strings, and inline commands. What it learns of an incomplete one it keeps, as offsets
 * from the request's first byte, so that no byte is looked at twice however small the pieces are.
 *
 * The reference for the native plan `resp`, and what walks the requests whose arguments that plan does not list.
 */
export class RequestParser {
  /** Where the request begins that the last call of {@link RequestParser.parse} read, waits for, or refused. */
  frame = 0
  /** How many bytes from `frame` on must be there before parsing again can help; 0 where that is unknown. */
  needed = 0
  readonly #limits: RespLimitsInForce
  readonly #view: CommandView
  readonly #arguments = new Offsets()
  /** Bytes in which the present line's end is not. */
  #scanned = 0
  /** Where the header or the payload begins that is read next. */
  #position = 0
  /** How many arguments the request has, or -1 before its header is whole. */
  #announced = -1
  /** The length of the payload at `#position`, or -1 where a header is. */
  #bulk = -1
  /** Words of an inline command with quotes, without them. */
  #scratch = rawBuffer(0)

  constructor(limits: RespLimitsInForce, view: CommandView) {
    this.#limits = limits
    this.#view = view
  }

  /**
   * Reads one request from `bytes[start…end)`, skips empty ones before it, points the view at it, and answers where it
   * ends, or -1 where it is incomplete. The next call must begin where this one ended, or at `frame` after a -1.
   *
   * @throws DecodeError for bytes that are no request; parsing cannot go on after it
   */
  parse(bytes: RawBuffer, start: number, end: number): number {
    this.needed = 0
    this.frame = start
    while (this.frame < end) {
      if (this.#announced < 0) this.#arguments.clear()
      const inline = this.#announced < 0 && bytes[this.frame] !== STAR
      const next = inline ? this.#inline(bytes, end) : this.#multibulk(bytes, end)
      if (next === INCOMPLETE) return INCOMPLETE
      this.#scanned = 0
      this.#announced = -1
      if (this.#arguments.count > 0) return next
      this.frame = next
    }
    return INCOMPLETE
  }

  #multibulk(bytes: RawBuffer, end: number): number {
    const { frame } = this
    if (this.#announced < 0) {
      const next = this.#countLine(bytes, end)
      if (next === INCOMPLETE || this.#announced <= 0) return next
      this.#position = next - frame
      this.#scanned = this.#position
    }
    while (this.#arguments.count < this.#announced) {
      if (this.#bulk < 0 && !this.#bulkLine(bytes, end)) return INCOMPLETE
      const from = this.#position
      const to = from + this.#bulk
      if (end - frame < to + 2) {
        this.needed = to + 2
        return INCOMPLETE
      }
      if (bytes[frame + to] !== CR || bytes[frame + to + 1] !== LF) throw refusal(Refusal.noCrlf)
      this.#arguments.push(from, to)
      this.#bulk = -1
      this.#position = to + 2
      this.#scanned = this.#position
    }
    this.#view.point(bytes, this.#arguments.words, 0, frame, this.#announced, UNRESOLVED)
    return frame + this.#position
  }

  /** Reads `*N` and answers where its line ends. */
  #countLine(bytes: RawBuffer, end: number): number {
    const { frame } = this
    const cr = this.#findLine(bytes, frame, end, CR, Refusal.bigCount)
    if (cr === INCOMPLETE || cr + 1 === end) return INCOMPLETE
    const count = strictInteger(bytes, frame + 1, cr)
    if (Number.isNaN(count)) throw refusal(Refusal.badCount)
    if (count > this.#limits.maxArguments) throw refusal(Refusal.tooManyArguments, count, this.#limits.own)
    if (bytes[cr + 1] !== LF) throw refusal(Refusal.noCrlf)
    this.#announced = Math.max(count, 0)
    return cr + 2
  }

  /** Reads `$N` and answers whether its line is whole. */
  #bulkLine(bytes: RawBuffer, end: number): boolean {
    const line = this.frame + this.#position
    const cr = this.#findLine(bytes, line, end, CR, Refusal.bigBulkCount)
    if (cr === INCOMPLETE || cr + 1 === end) return false
    if (bytes[line] !== DOLLAR) throw refusal(Refusal.notBulk, bytes[line])
    const length = strictInteger(bytes, line + 1, cr)
    if (Number.isNaN(length) || length < 0) throw refusal(Refusal.badBulk)
    if (length > this.#limits.maxBulk) throw refusal(Refusal.bulkTooLong, length, this.#limits.own)
    if (bytes[cr + 1] !== LF) throw refusal(Refusal.noCrlf)
    this.#bulk = length
    this.#position = cr + 2 - this.frame
    return true
  }

  #inline(bytes: RawBuffer, end: number): number {
    const { frame } = this
    const feed = this.#findLine(bytes, frame, end, LF, Refusal.bigInline)
    if (feed === INCOMPLETE) return INCOMPLETE
    const last = feed > frame && bytes[feed - 1] === CR ? feed - 1 : feed
    const words = this.#arguments
    if (splitWords(bytes, frame, last, words)) {
      this.#view.point(bytes, words.words, 0, frame, words.count, UNRESOLVED)
    } else {
      words.clear()
      if (this.#scratch.length < last - frame) this.#scratch = rawBuffer(Math.max(256, last - frame))
      if (!unquoteWords(bytes, frame, last, this.#scratch, words)) throw refusal(Refusal.unbalancedQuotes)
      this.#view.point(this.#scratch, words.words, 0, 0, words.count, UNRESOLVED)
    }
    return feed + 1
  }

  /**
   * Where `terminator` stands in the line that begins at `line`, or -1 where it has not come. A line in which it does
   * not come in time is refused, and so is one with a NUL: Redis would wait for the end of that one in vain.
   */
  #findLine(bytes: RawBuffer, line: number, end: number, terminator: number, tooLong: Refusal): number {
    const { maxLine } = this.#limits
    const limit = Math.min(end, line + maxLine + 1)
    for (let at = Math.max(line, this.frame + this.#scanned); at < limit; at++) {
      const byte = bytes[at] as number
      if (byte === terminator) {
        this.#scanned = at - this.frame
        return at
      }
      if (byte === 0) throw refusal(tooLong)
    }
    if (limit - line > maxLine) throw refusal(tooLong)
    this.#scanned = limit - this.frame
    return INCOMPLETE
  }
}
