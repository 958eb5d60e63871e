import { type RawBuffer, rawBuffer } from '@shiny/core/codec'

/** Content of fewer bytes is masked one by one: that is sooner done than setting out in words. */
const FEW = 32
/** The top bit of each byte of a word. */
const TOP_BITS = 0x80808080 | 0

/** Memory that is looked at by bytes and by words. */
export class Area {
  readonly bytes: RawBuffer
  readonly words: Uint32Array

  constructor(bytes: RawBuffer) {
    this.bytes = bytes
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  }

  /** Zero-filled memory of its own. */
  static of(capacity: number): Area {
    return new Area(rawBuffer((capacity + 3) & ~3))
  }
}

/** A masking key. Combining bytes with it masks them, and unmasks them again: RFC 6455, section 5.3. */
export class MaskingKey {
  readonly bytes = new Uint8Array(4)
  /** The key as it falls on a word that does not begin where the content does. */
  readonly #turned = new Uint8Array(4)
  readonly #word = new Uint32Array(this.#turned.buffer)

  /** Takes the four bytes at `at`. */
  read(from: Uint8Array, at: number): void {
    const { bytes } = this
    bytes[0] = from[at] as number
    bytes[1] = from[at + 1] as number
    bytes[2] = from[at + 2] as number
    bytes[3] = from[at + 3] as number
  }

  /** Puts `source[from, from + length)` to `area.bytes[start…]`, combined with the key. Returns whether what stands there is ASCII. */
  put(source: RawBuffer, from: number, length: number, area: Area, start: number): boolean {
    if (length < FEW) return this.#each(source, from, area.bytes, start, start, start + length)
    source.copy(area.bytes, start, from, from + length)
    return this.#all(area, start, start + length)
  }

  /** Combines `bytes[start, end)` with the key, in place. */
  apply(bytes: RawBuffer, start: number, end: number): void {
    if (end - start < FEW) this.#each(bytes, start, bytes, start, start, end)
    else this.#all(areaOf(bytes), start, end)
  }

  #all(area: Area, start: number, end: number): boolean {
    const { bytes } = area
    const first = (start + 3) & ~3
    const last = end & ~3
    const before = this.#each(bytes, start, bytes, start, start, first)
    const between = this.#words(area.words, start, first, last)
    const behind = this.#each(bytes, last, bytes, start, last, end)
    return before && between && behind
  }

  /** Combines bytes, taken from `source[at…]`, with a key that begins at `start`, into `target[from, end)`. */
  #each(source: RawBuffer, at: number, target: RawBuffer, start: number, from: number, end: number): boolean {
    const key = this.bytes
    const shift = at - from
    let seen = 0
    for (let i = from; i < end; i++) {
      const byte = (source[i + shift] as number) ^ (key[(i - start) & 3] as number)
      target[i] = byte
      seen |= byte
    }
    return seen < 0x80
  }

  /** Combines the words of the bytes `[first, last)` with a key that begins at `start`. */
  #words(words: Uint32Array, start: number, first: number, last: number): boolean {
    for (let i = 0; i < 4; i++) this.#turned[i] = this.bytes[(first - start + i) & 3] as number
    const word = this.#word[0] as number
    const end = last >> 2
    let seen = 0
    for (let at = first >> 2; at < end; at++) {
      const combined = (words[at] as number) ^ word
      words[at] = combined
      seen |= combined
    }
    return (seen & TOP_BITS) === 0
  }
}

/** Output is nearly always encoded in the same memory. */
const areas = new WeakMap<RawBuffer, Area>()

function areaOf(bytes: RawBuffer): Area {
  let area = areas.get(bytes)
  if (area === undefined) {
    area = new Area(bytes)
    areas.set(bytes, area)
  }
  return area
}
