import { type RawBuffer, rawBuffer, utf8Text } from '@shiny/core/codec'
import type { RespCommand } from './command.js'
import { strictBigint, strictInteger } from './integer.js'
import { isWord, type NameIndex } from './name-index.js'

/** Arguments up to this many bytes are copied by a loop: cheaper than making a view first. */
const SHORT = 32

/** The token of a request whose name nobody has looked up. */
export const UNRESOLVED = -2

/**
 * The one implementation of {@link RespCommand}: points at bytes and at a table of offsets, and is pointed elsewhere for
 * the next request. One shape and one kind of table, so that calls to it stay monomorphic.
 */
export class CommandView implements RespCommand {
  source: RawBuffer = rawBuffer(0)
  length = 0
  readonly #index: NameIndex
  #table: Int32Array = new Int32Array(0)
  /** Where in the table the offsets of this request begin. */
  #base = 0
  /** What the offsets count from. */
  #origin = 0
  #token = UNRESOLVED

  constructor(index: NameIndex) {
    this.#index = index
  }

  /** Points at another request: `length` pairs of offsets, from `origin` on, stand in `table` from `base` on. */
  point(source: RawBuffer, table: Int32Array, base: number, origin: number, length: number, token: number): void {
    this.source = source
    this.length = length
    this.#table = table
    this.#base = base
    this.#origin = origin
    this.#token = token
  }

  get token(): number {
    if (this.#token === UNRESOLVED) this.#token = this.#index.find(this.source, this.start(0), this.end(0))
    return this.#token
  }

  get name(): string {
    const token = this.token
    return token >= 0 ? (this.#index.names[token] as string) : upperCase(this.text(0))
  }

  start(index: number): number {
    if (!(index >= 0 && index < this.length)) throw this.#outside(index)
    return (this.#table[this.#base + index * 2] as number) + this.#origin
  }

  end(index: number): number {
    if (!(index >= 0 && index < this.length)) throw this.#outside(index)
    return (this.#table[this.#base + index * 2 + 1] as number) + this.#origin
  }

  text(index: number): string {
    return utf8Text(this.source, this.start(index), this.end(index))
  }

  bytes(index: number): Uint8Array {
    const { source } = this
    const start = this.start(index)
    const length = this.end(index) - start
    const copy = new Uint8Array(length)
    if (length <= SHORT) for (let i = 0; i < length; i++) copy[i] = source[start + i] as number
    else copy.set(new Uint8Array(source.buffer, source.byteOffset + start, length))
    return copy
  }

  borrow(index: number): Uint8Array {
    const start = this.start(index)
    return new Uint8Array(this.source.buffer, this.source.byteOffset + start, this.end(index) - start)
  }

  int(index: number): number {
    const value = strictInteger(this.source, this.start(index), this.end(index))
    return Number.isSafeInteger(value) ? value : Number.NaN
  }

  bigint(index: number): bigint | undefined {
    return strictBigint(this.source, this.start(index), this.end(index))
  }

  is(index: number, word: string): boolean {
    return isWord(this.source, this.start(index), this.end(index), word)
  }

  take(): Uint8Array[] {
    const all: Uint8Array[] = []
    for (let i = 0; i < this.length; i++) all.push(this.bytes(i))
    return all
  }

  #outside(index: number): RangeError {
    return new RangeError(`argument ${index} of a command that has ${this.length}`)
  }
}

/** Upper case of ASCII letters alone, as Redis has it: `toUpperCase` would make two characters of some others. */
function upperCase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
}
