import { type RawBuffer, utf8Text } from '@shiny/core/codec'
import { Aggregate, FEW } from './aggregate.js'
import { tooManyElements } from './fault.js'
import { integerLine, NO_NUMBER, numberEnd, shortNumber } from './number-line.js'
import type { RespClientSettings } from './options.js'
import * as T from './types.js'
import type { RespValue } from './value.js'

const CR = 0x0d
const LF = 0x0a
const MINUS = 0x2d
const ONE = 0x31
const LETTER_O = 0x4f
const LETTER_K = 0x4b

/** How deep this calls itself; what lies deeper is the caller's to begin. */
const DEPTH = 8

/**
 * Reads what most replies are made of, where all of it is there: integers, bulk strings, nulls, OK, and arrays of these. It refuses nothing but
 * too many elements: before anything else it breaks off, and the arrays that it is in are kept as they are, so that nothing is read twice.
 */
export class WholeReader {
  /** Where the value ends that was read last, or where the first begins that was not read. */
  position = 0
  /** How many elements were read; the caller sets it to those of the reply before. */
  elements = 0
  /** The arrays that it broke off in, and how many they are; null where there are none. */
  innermost: Aggregate | null = null
  outermost: Aggregate | null = null
  depth = 0
  readonly #limits: RespClientSettings
  readonly #isText: boolean

  constructor(limits: RespClientSettings) {
    this.#limits = limits
    this.#isText = limits.strings === 'utf8'
  }

  /** Reads the value at `at`, which may have arrays in it up to `room` deep; undefined where it broke off. */
  read(bytes: RawBuffer, at: number, end: number, room: number): RespValue | undefined {
    this.innermost = null
    this.position = at
    return at < end ? this.#value(bytes, at, end, Math.min(room, DEPTH)) : undefined
  }

  #value(bytes: RawBuffer, at: number, end: number, room: number): RespValue | undefined {
    const type = bytes[at] as number
    if (type === T.INTEGER) {
      const number = integerLine(bytes, at + 1, end)
      if (number !== undefined) this.position = numberEnd + 2
      return number
    }
    if (type === T.BULK) return this.#bulk(bytes, at, end)
    if (type === T.ARRAY) return this.#array(bytes, at, end, room)
    if (type === T.STATUS) return this.#ok(bytes, at, end)
    if (type !== T.NULL || at + 3 > end || bytes[at + 1] !== CR || bytes[at + 2] !== LF) return undefined
    this.position = at + 3
    return null
  }

  #bulk(bytes: RawBuffer, at: number, end: number): RespValue | undefined {
    const length = shortNumber(bytes, at + 1, end)
    if (length === NO_NUMBER) return this.#minusOne(bytes, at, end)
    const from = numberEnd + 2
    const to = from + length
    if (length > this.#limits.maxBulk || to + 2 > end || bytes[to] !== CR || bytes[to + 1] !== LF) return undefined
    this.position = to + 2
    return this.#isText ? utf8Text(bytes, from, to) : new Uint8Array(bytes.subarray(from, to))
  }

  #array(bytes: RawBuffer, at: number, end: number, room: number): RespValue | undefined {
    const count = shortNumber(bytes, at + 1, end)
    if (count === NO_NUMBER) return this.#minusOne(bytes, at, end)
    const { maxElements } = this.#limits
    if (count > maxElements || room <= 0) return undefined
    this.position = numberEnd + 2
    // A little room that is known to be needed saves more memory than it can waste.
    const items: RespValue[] = count > 0 && count <= FEW ? new Array(count) : []
    for (let i = 0; i < count; i++) {
      const { position } = this
      const item = position < end ? this.#value(bytes, position, end, room - 1) : undefined
      if (item === undefined) {
        this.#keep(new Aggregate(T.ARRAY, count - i, null, items, i))
        return undefined
      }
      items[i] = item
      if (++this.elements > maxElements) throw tooManyElements(maxElements)
    }
    return items
  }

  #keep(array: Aggregate): void {
    if (this.innermost === null) {
      this.innermost = array
      this.depth = 0
    } else (this.outermost as Aggregate).outer = array
    this.outermost = array
    this.depth++
  }

  /** A null as RESP2 has it. */
  #minusOne(bytes: RawBuffer, at: number, end: number): null | undefined {
    if (at + 5 > end || bytes[at + 1] !== MINUS || bytes[at + 2] !== ONE) return undefined
    if (bytes[at + 3] !== CR || bytes[at + 4] !== LF) return undefined
    this.position = at + 5
    return null
  }

  #ok(bytes: RawBuffer, at: number, end: number): string | undefined {
    if (at + 5 > end || bytes[at + 1] !== LETTER_O || bytes[at + 2] !== LETTER_K) return undefined
    if (bytes[at + 3] !== CR || bytes[at + 4] !== LF) return undefined
    this.position = at + 5
    return 'OK'
  }
}
