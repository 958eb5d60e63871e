import { ByteSource, copyTo, equalTo, type Pointable, Span } from './byte-source.js'
import type { KeyMatcher } from './directory.js'
import { type Extern, Externs } from './externs.js'
import { Heap, PAGE_SHIFT, UNIT_MASK } from './heap.js'
import {
  EXTERN,
  HEADER,
  HEADER_WITH_DEADLINE,
  headerOf,
  keyLengthOf,
  keyOffset,
  MAY_EXPIRE,
  sizeClassOf,
  valueOffset
} from './record-layout.js'
import { CLASS_BYTES, classFor, LARGEST_BLOCK } from './size-classes.js'

/** A block up to this size is kept however short its value becomes. */
const SMALL_BLOCK = 128
/** What {@link Records.deadline} answers when there is none. */
export const NO_DEADLINE = -1

/**
 * Keys and values in blocks of the heap, in the form of record-layout.ts. What does not fit into a block lies in a
 * Buffer of its own, and a block of 16 bytes names it.
 *
 * A method that returns a reference may have moved the record. The old reference is dead then, and whoever has kept
 * it must be told the new one.
 */
export class Records implements KeyMatcher {
  readonly #heap = new Heap()
  readonly #externs = new Externs()
  readonly #key = new ByteSource()
  readonly #value = new ByteSource()
  readonly #span = new Span()

  /** Bytes of keys, values and what surrounds them. */
  get used(): number {
    return this.#heap.used + this.#externs.bytes
  }

  /** Bytes taken from the system. */
  get reserved(): number {
    return this.#heap.reserved + this.#externs.bytes
  }

  keyEquals(ref: number, source: ByteSource, start: number, end: number): boolean {
    const page = ref >>> PAGE_SHIFT
    const words = this.#heap.words[page]
    const base = (ref & UNIT_MASK) << 3
    const header = words[base >> 2]
    if ((header & EXTERN) !== 0) return this.#externs.keyEquals(words[(base >> 2) + 1], source, start, end)
    if (keyLengthOf(header) !== end - start) return false
    return equalTo(this.#heap.views[page], this.#heap.bytes[page], base + keyOffset(header), source, start, end)
  }

  /** Makes a record of `key[keyStart…keyEnd)` and `value[start…end)`; with `mayExpire` it has room for a deadline. */
  create(
    key: ByteSource,
    keyStart: number,
    keyEnd: number,
    value: ByteSource,
    start: number,
    end: number,
    mayExpire: boolean
  ): number {
    const keyLength = keyEnd - keyStart
    const keyAt = mayExpire ? HEADER_WITH_DEADLINE : HEADER
    const valueAt = keyAt + keyLength
    const total = valueAt + end - start
    if (total > LARGEST_BLOCK) {
      return this.#nameExtern(this.#externs.create(key.bytes, keyStart, keyEnd, value.bytes, start, end))
    }
    const ref = this.#allocate(total, keyLength, mayExpire ? MAY_EXPIRE : 0)
    const page = ref >>> PAGE_SHIFT
    const bytes = this.#heap.bytes[page]
    const view = this.#heap.views[page]
    const base = (ref & UNIT_MASK) << 3
    this.#heap.words[page][(base >> 2) + 1] = end - start
    copyTo(view, bytes, base + keyAt, key, keyStart, keyEnd)
    copyTo(view, bytes, base + valueAt, value, start, end)
    return ref
  }

  /** Gives the record another value, which must not lie in this heap. */
  replace(ref: number, value: ByteSource, start: number, end: number): number {
    const page = ref >>> PAGE_SHIFT
    const words = this.#heap.words[page]
    const base = (ref & UNIT_MASK) << 3
    const header = words[base >> 2]
    if ((header & EXTERN) !== 0) return this.#replaceExtern(ref, value, start, end)
    const valueAt = valueOffset(header)
    const total = valueAt + end - start
    const size = CLASS_BYTES[sizeClassOf(header)]
    if (total > size || (total < size / 2 && size > SMALL_BLOCK)) {
      return this.#rebuild(ref, (header & MAY_EXPIRE) !== 0, value, start, end)
    }
    words[(base >> 2) + 1] = end - start
    copyTo(this.#heap.views[page], this.#heap.bytes[page], base + valueAt, value, start, end)
    return ref
  }

  /** Appends to the value; the bytes must not lie in this heap. */
  append(ref: number, source: ByteSource, start: number, end: number): number {
    const page = ref >>> PAGE_SHIFT
    const words = this.#heap.words[page]
    const base = (ref & UNIT_MASK) << 3
    const header = words[base >> 2]
    if ((header & EXTERN) !== 0) {
      this.#externs.append(words[(base >> 2) + 1], source.bytes, start, end)
      return ref
    }
    const behind = valueOffset(header) + words[(base >> 2) + 1]
    if (behind + end - start <= CLASS_BYTES[sizeClassOf(header)]) {
      words[(base >> 2) + 1] += end - start
      copyTo(this.#heap.views[page], this.#heap.bytes[page], base + behind, source, start, end)
      return ref
    }
    const value = this.#valueAndMore(ref, end - start)
    value.bytes.set(source.bytes.subarray(start, end), value.end - end + start)
    return this.#rebuild(ref, (header & MAY_EXPIRE) !== 0, value, 0, value.end)
  }

  free(ref: number): void {
    const words = this.#heap.words[ref >>> PAGE_SHIFT]
    const word = (ref & UNIT_MASK) << 1
    const header = words[word]
    if ((header & EXTERN) !== 0) this.#externs.free(words[word + 1])
    this.#heap.free(ref, sizeClassOf(header))
  }

  clear(): void {
    this.#heap.clear()
    this.#externs.clear()
  }

  /** Points `target` at the key where it lies; good until the next change. */
  key<T extends Pointable>(ref: number, target: T): T {
    const page = ref >>> PAGE_SHIFT
    const base = (ref & UNIT_MASK) << 3
    const header = this.#heap.words[page][base >> 2]
    if ((header & EXTERN) !== 0) {
      const { bytes, keyLength } = this.#extern(ref)
      target.at(bytes, 0, keyLength)
    } else {
      const at = base + keyOffset(header)
      target.at(this.#heap.bytes[page], at, at + keyLengthOf(header))
    }
    return target
  }

  /** Points `target` at the value where it lies; good until the next change. */
  value<T extends Pointable>(ref: number, target: T): T {
    const page = ref >>> PAGE_SHIFT
    const base = (ref & UNIT_MASK) << 3
    const words = this.#heap.words[page]
    const header = words[base >> 2]
    if ((header & EXTERN) !== 0) {
      const { bytes, keyLength, valueLength } = this.#extern(ref)
      target.at(bytes, keyLength, keyLength + valueLength)
    } else {
      const at = base + valueOffset(header)
      target.at(this.#heap.bytes[page], at, at + words[(base >> 2) + 1])
    }
    return target
  }

  valueLength(ref: number): number {
    const words = this.#heap.words[ref >>> PAGE_SHIFT]
    const word = (ref & UNIT_MASK) << 1
    return (words[word] & EXTERN) === 0 ? words[word + 1] : this.#extern(ref).valueLength
  }

  /** Whether the record has room for a deadline. */
  mayExpire(ref: number): boolean {
    return (this.#heap.words[ref >>> PAGE_SHIFT][(ref & UNIT_MASK) << 1] & MAY_EXPIRE) !== 0
  }

  /** The position of the record's deadline, or {@link NO_DEADLINE}. */
  deadline(ref: number): number {
    return this.mayExpire(ref) ? this.#heap.words[ref >>> PAGE_SHIFT][((ref & UNIT_MASK) << 1) + 2] : NO_DEADLINE
  }

  /** Notes the position of the record's deadline, or {@link NO_DEADLINE}. The record must have room for it. */
  setDeadline(ref: number, position: number): void {
    this.#heap.words[ref >>> PAGE_SHIFT][((ref & UNIT_MASK) << 1) + 2] = position
  }

  /** Makes room for a deadline. */
  makeRoom(ref: number): number {
    if (this.mayExpire(ref)) return ref
    const value = this.#valueAndMore(ref, 0)
    return this.#rebuild(ref, true, value, 0, value.end)
  }

  #extern(ref: number): Extern {
    return this.#externs.get(this.#heap.words[ref >>> PAGE_SHIFT][((ref & UNIT_MASK) << 1) + 1])
  }

  #allocate(total: number, keyLength: number, flags: number): number {
    const sizeClass = classFor(total)
    const ref = this.#heap.allocate(sizeClass)
    const words = this.#heap.words[ref >>> PAGE_SHIFT]
    const word = (ref & UNIT_MASK) << 1
    words[word] = headerOf(keyLength, sizeClass, flags)
    if (flags !== 0) words[word + 2] = NO_DEADLINE
    return ref
  }

  /** Makes the record of an extern. It always has room for a deadline: no block is smaller than 16 bytes. */
  #nameExtern(number: number): number {
    const ref = this.#allocate(HEADER_WITH_DEADLINE, 0, EXTERN | MAY_EXPIRE)
    this.#heap.words[ref >>> PAGE_SHIFT][((ref & UNIT_MASK) << 1) + 1] = number
    return ref
  }

  #replaceExtern(ref: number, value: ByteSource, start: number, end: number): number {
    const { keyLength } = this.#extern(ref)
    // Well below the limit, so that a value about as long as the limit does not go to and fro.
    if (keyLength + end - start < LARGEST_BLOCK / 2) return this.#rebuild(ref, true, value, start, end)
    const number = this.#heap.words[ref >>> PAGE_SHIFT][((ref & UNIT_MASK) << 1) + 1]
    this.#externs.replace(number, value.bytes, start, end)
    return ref
  }

  /** Makes the record anew, with its key and deadline and another value. */
  #rebuild(ref: number, mayExpire: boolean, value: ByteSource, start: number, end: number): number {
    const deadline = this.deadline(ref)
    const key = this.key(ref, this.#key)
    const rebuilt = this.create(key, key.start, key.end, value, start, end, mayExpire)
    if (deadline !== NO_DEADLINE) this.setDeadline(rebuilt, deadline)
    this.free(ref)
    return rebuilt
  }

  /** A copy of the value with `more` bytes of room behind it. */
  #valueAndMore(ref: number, more: number): ByteSource {
    const { bytes, start, end } = this.value(ref, this.#span)
    const copy = Buffer.allocUnsafe(end - start + more)
    copy.set(bytes.subarray(start, end))
    return this.#value.at(copy, 0, copy.length)
  }
}
