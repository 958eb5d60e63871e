import { latin1Text, NEED_MORE, type NeedMore, type RawBuffer, utf8Text } from '@shiny/core/codec'
import { strictInteger } from '../integer.js'
import { RespFailure, RespVerbatim } from '../reply.js'
import { Aggregate, STREAMED } from './aggregate.js'
import { fault, show, tooManyElements } from './fault.js'
import { NO_NUMBER, numberEnd, shortNumber } from './number-line.js'
import type { RespClientSettings } from './options.js'
import { scalar } from './scalar.js'
import * as T from './types.js'
import type { RespValue } from './value.js'
import { WholeReader } from './whole-reader.js'

const CR = 0x0d
const LF = 0x0a
const QUESTION = 0x3f
const COLON = 0x3a
const NOTHING = -1
const NULL_LENGTH = -1

/**
 * Reads replies. The bytes of an incomplete one stay where they are, and what it has learnt of them it keeps, as offsets from the
 * reply's first byte, so that no byte is looked at twice however small the pieces are. There is no recursion: what is
 * nested stands in a list.
 */
export class ReplyParser {
  /** Where the reply ends that the last call has read, counted from its start. */
  end = 0
  /** How many bytes of the reply must be there before reading again can help; 0 where that is unknown. */
  needed = 0
  readonly #limits: RespClientSettings
  readonly #isText: boolean
  readonly #reader: WholeReader
  /** Where the next line or payload begins. */
  #at = 0
  /** Up to where the present line's end is not. */
  #scanned = 0
  /** The type and the length of the payload at `#at`; NOTHING where a line is. */
  #type = 0
  #length = NOTHING
  #inner: Aggregate | null = null
  #depth = 0
  #elements = 0

  constructor(limits: RespClientSettings) {
    this.#limits = limits
    this.#isText = limits.strings === 'utf8'
    this.#reader = new WholeReader(limits)
  }

  /**
   * Reads one reply from `bytes[start…end)`. The next call must begin at the same byte of the stream after NEED_MORE, behind
   * the reply otherwise.
   *
   * @throws DecodeError for bytes that are no reply; reading cannot go on after it.
   */
  parse(bytes: RawBuffer, start: number, end: number): RespValue | NeedMore {
    // Nothing has been read of this reply: one that is there as a whole leaves nothing to be remembered.
    if (this.#at === 0) {
      const reader = this.#reader
      reader.elements = 0
      const reply = reader.read(bytes, start, end, this.#limits.maxDepth)
      if (reply !== undefined) {
        this.end = reader.position - start
        this.#scanned = 0
        return reply
      }
      this.#breakOff(start)
    }
    for (;;) {
      const value = this.#length === NOTHING ? this.#next(bytes, start, end) : this.#payload(bytes, start, end)
      if (value === NEED_MORE) return NEED_MORE
      // An aggregate has begun, or a payload is next.
      if (value === undefined) continue
      const whole = this.#inner === null ? value : this.#put(value)
      if (whole === undefined) continue
      this.end = this.#at
      this.#at = this.#scanned = this.#elements = 0
      return whole
    }
  }

  /** Puts a value into the innermost aggregate, and what that completes into the one around it; the reply, when it is whole. */
  #put(element: RespValue): RespValue | undefined {
    let value = element
    for (let inner = this.#inner; inner !== null; inner = this.#inner) {
      this.#count()
      inner.add(value)
      if (inner.left === STREAMED || --inner.left > 0) return undefined
      if (inner.type === T.ATTRIBUTE && inner.attributes === null) {
        inner.turnToValue()
        return undefined
      }
      value = this.#close(inner)
    }
    return value
  }

  #close(inner: Aggregate): RespValue {
    this.#inner = inner.outer
    this.#depth--
    return inner.value()
  }

  /** Reads as much as there is of what most replies are made of in one step, and the rest line by line. */
  #next(bytes: RawBuffer, start: number, end: number): RespValue | NeedMore | undefined {
    const inner = this.#inner
    if (inner !== null && inner.type === T.BULK) return this.#line(bytes, start, end)
    const reader = this.#reader
    reader.elements = this.#elements
    const value = reader.read(bytes, start + this.#at, end, this.#limits.maxDepth - this.#depth)
    if (value === undefined) {
      this.#breakOff(start)
      return this.#line(bytes, start, end)
    }
    this.#elements = reader.elements
    this.#pass(reader.position - start)
    return value
  }

  /** Goes on where the reader broke off, in the arrays that it has begun. */
  #breakOff(start: number): void {
    const { position, elements, innermost, outermost, depth } = this.#reader
    if (innermost === null || outermost === null) return
    this.#pass(position - start)
    this.#elements = elements
    outermost.outer = this.#inner
    this.#inner = innermost
    this.#depth += depth
  }

  #pass(at: number): void {
    this.#at = at
    this.#scanned = at
  }

  /** Reads one line: undefined when more of the same reply must follow. */
  #line(bytes: RawBuffer, start: number, end: number): RespValue | NeedMore | undefined {
    const at = start + this.#at
    // A line that ends where it begins has no type, whether or not its end is there yet.
    if (at < end && (bytes[at] === LF || bytes[at] === CR)) throw fault(`unknown type ${show(bytes[at] as number)}`)
    const short = shortNumber(bytes, at + 1, end)
    const cr = short === NO_NUMBER ? this.#findLine(bytes, start, end) : numberEnd
    if (cr === NOTHING) return NEED_MORE
    const type = bytes[at] as number
    this.#pass(cr + 2 - start)
    const streamed = this.#inner?.type === T.BULK
    if (streamed !== (type === T.CHUNK)) throw this.#outOfPlace(type, streamed)
    switch (type) {
      case T.BULK:
      case T.BULK_FAILURE:
      case T.VERBATIM:
      case T.CHUNK:
        return this.#announce(type, countOf(bytes, at + 1, cr, short), bytes, at + 1, cr, start)
      case T.ARRAY:
      case T.MAP:
      case T.SET:
      case T.PUSH:
      case T.ATTRIBUTE:
        return this.#open(type, countOf(bytes, at + 1, cr, short), bytes, at + 1, cr)
      case T.END:
        return this.#endStreamed(cr - at)
      default:
        return scalar(type, bytes, at + 1, cr)
    }
  }

  #outOfPlace(type: number, streamed: boolean) {
    return fault(streamed ? `expected ';', got ${show(type)}` : "';' outside a streamed string")
  }

  /** The header of something that is counted in bytes. */
  #announce(
    type: number,
    length: number,
    bytes: RawBuffer,
    from: number,
    cr: number,
    start: number
  ): RespValue | undefined {
    if (type === T.BULK && isQuestion(bytes, from, cr)) {
      this.#nest(new Aggregate(T.BULK, STREAMED, this.#inner))
      return undefined
    }
    if (type === T.BULK && length === NULL_LENGTH) return null
    if (!(length >= 0)) throw fault('invalid bulk length')
    if (length > this.#limits.maxBulk) throw fault('invalid bulk length', 'ERR_FRAME_TOO_LONG')
    if (type === T.CHUNK && length === 0) return this.#joinChunks(bytes, start)
    if (type === T.VERBATIM && length < 4) throw fault('a verbatim string without a format')
    this.#type = type
    this.#length = length
    return undefined
  }

  /** The header of something that is counted in elements. */
  #open(type: number, number: number, bytes: RawBuffer, from: number, cr: number): RespValue | undefined {
    if (type === T.PUSH && this.#inner !== null) throw fault('a push inside a reply')
    const isStreamed = type !== T.PUSH && type !== T.ATTRIBUTE && isQuestion(bytes, from, cr)
    const announced = isStreamed ? 0 : number
    if (type === T.ARRAY && announced === NULL_LENGTH) return null
    if (!(announced >= 0)) throw fault('invalid multibulk length')
    const count = type === T.MAP || type === T.ATTRIBUTE ? announced * 2 : announced
    if (count > this.#limits.maxElements) throw tooManyElements(this.#limits.maxElements)
    const aggregate = new Aggregate(type, isStreamed ? STREAMED : count, this.#inner)
    this.#nest(aggregate)
    if (isStreamed || count > 0) return undefined
    if (type !== T.ATTRIBUTE) return this.#close(aggregate)
    aggregate.turnToValue()
    return undefined
  }

  #nest(aggregate: Aggregate): void {
    if (this.#depth >= this.#limits.maxDepth) throw fault('nested too deep', 'ERR_TOO_MANY_ELEMENTS')
    this.#depth++
    this.#inner = aggregate
  }

  #count(): void {
    if (++this.#elements > this.#limits.maxElements) throw tooManyElements(this.#limits.maxElements)
  }

  #endStreamed(length: number): RespValue {
    const inner = this.#inner
    if (length !== 1 || inner === null || inner.left !== STREAMED) throw fault("'.' outside a streamed aggregate")
    if (inner.type === T.MAP && inner.items.length % 2 === 1) throw fault('a key without a value')
    return this.#close(inner)
  }

  /** The bytes that a header has announced: undefined for a piece of a streamed string. */
  #payload(bytes: RawBuffer, start: number, end: number): RespValue | NeedMore | undefined {
    const from = start + this.#at
    const to = from + this.#length
    if (to + 2 > end) {
      this.needed = to + 2 - start
      return NEED_MORE
    }
    if (bytes[to] !== CR || bytes[to + 1] !== LF) throw fault('expected CRLF')
    const type = this.#type
    this.#length = NOTHING
    this.#at = to + 2 - start
    this.#scanned = this.#at
    this.needed = 0
    if (type === T.BULK) return this.#string(bytes, from, to)
    if (type === T.BULK_FAILURE) return new RespFailure(utf8Text(bytes, from, to))
    if (type === T.VERBATIM) return verbatim(bytes, from, to)
    this.#keepChunk(from - start, to - start)
    return undefined
  }

  #string(bytes: RawBuffer, from: number, to: number): string | Uint8Array {
    return this.#isText ? utf8Text(bytes, from, to) : new Uint8Array(bytes.subarray(from, to))
  }

  #keepChunk(from: number, to: number): void {
    const { items } = this.#inner as Aggregate
    this.#count()
    items.push(from, to)
  }

  /** A character may be cut between two pieces, so that text is made of all of them. */
  #joinChunks(bytes: RawBuffer, start: number): RespValue {
    const { items, outer } = this.#inner as Aggregate
    const pieces: Uint8Array[] = []
    let length = 0
    for (let i = 0; i < items.length; i += 2) {
      const piece = bytes.subarray(start + (items[i] as number), start + (items[i + 1] as number))
      length += piece.length
      pieces.push(piece)
    }
    if (length > this.#limits.maxBulk) throw fault('a streamed string is too long', 'ERR_FRAME_TOO_LONG')
    this.#inner = outer
    this.#depth--
    const whole = Buffer.concat(pieces, length)
    return this.#isText ? whole.toString() : new Uint8Array(whole)
  }

  /** Where the CR of the line stands that begins at `#at`, once its LF is there too. */
  #findLine(bytes: RawBuffer, start: number, end: number): number {
    const line = start + this.#at
    const { maxLine } = this.#limits
    const limit = Math.min(end, line + maxLine + 1)
    for (let at = Math.max(line, start + this.#scanned); at < limit; at++) {
      const byte = bytes[at] as number
      if (byte === LF) throw fault('expected CRLF')
      if (byte !== CR) continue
      this.#scanned = at - start
      if (at + 1 === end) return NOTHING
      if (bytes[at + 1] !== LF) throw fault('expected CRLF')
      return at
    }
    if (limit - line > maxLine) throw fault('too big line', 'ERR_FRAME_TOO_LONG')
    this.#scanned = limit - start
    return NOTHING
  }
}

/** The number of a header, by the strict rules unless it is known; NaN where there is none. */
function countOf(bytes: RawBuffer, from: number, cr: number, short: number): number {
  return short === NO_NUMBER ? strictInteger(bytes, from, cr) : short
}

function isQuestion(bytes: RawBuffer, from: number, to: number): boolean {
  return to - from === 1 && bytes[from] === QUESTION
}

function verbatim(bytes: RawBuffer, from: number, to: number): RespVerbatim {
  if (bytes[from + 3] !== COLON) throw fault('a verbatim string without a format')
  return new RespVerbatim(latin1Text(bytes, from, from + 3), utf8Text(bytes, from + 4, to))
}
