import { DecodeError } from '@shiny/core/codec'

/** For the bytes 0xc0 to 0xdf: how many bytes tell a length or a count; -1 where the byte stands for nothing. */
const LENGTH_BYTES = [
  ...[0, -1, 0, 0, 1, 2, 4, 1, 2, 4, 0, 0, 0, 0, 0, 0],
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4]
]
/** How many bytes follow in any case: numbers, and the types of extensions. */
const FIXED = [
  ...[0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 4, 8, 1, 2, 4, 8],
  ...[1, 2, 4, 8, 2, 3, 5, 9, 17, 0, 0, 0, 0, 0, 0, 0]
]
const FIRST_ARRAY = 0xdc
const FIRST_MAP = 0xde

/**
 * Walks over MessagePack without making anything of it, so that a library is only given what is worth its memory. A number in a header may ask
 * for four thousand million elements in five bytes; here no count is believed that the bytes behind it cannot fill.
 */
export class Structure {
  /** Whether there were binaries or extensions among what was checked last. */
  hasBinary = false
  /** How many values are missing in each of the arrays and maps that the walk is in. */
  readonly #missing: Float64Array
  #depth = 0

  /** `maxDepth` is how deep arrays and maps may lie in each other. */
  constructor(maxDepth: number) {
    this.#missing = new Float64Array(maxDepth)
  }

  /** Throws a recoverable DecodeError unless `bytes[start…end)` hold one value and nothing else. */
  check(bytes: Uint8Array, start: number, end: number): void {
    let owed = 1
    let at = start
    // Each takes a byte at least, so that so few bytes hold none too deep.
    const isDeep = end - start > this.#missing.length
    this.#depth = 0
    this.hasBinary = false
    while (owed > 0) {
      if (owed > end - at) throw invalid('ERR_INVALID_MESSAGE', 'it announces more than there is')
      const byte = bytes[at] as number
      let count = 0
      if (byte < 0x80 || byte >= 0xe0) at += 1
      else if (byte < 0xa0) {
        count = byte < 0x90 ? 2 * (byte & 0x0f) : byte & 0x0f
        at += 1
      } else if (byte < 0xc0) at += 1 + (byte & 0x1f)
      else {
        count = elementsOf(bytes, at)
        at += widthOf(bytes, at)
        if (isBinary(byte)) this.hasBinary = true
      }
      owed += count - 1
      if (at > end) throw invalid('ERR_INVALID_MESSAGE', 'it announces more than there is')
      if (!isDeep) continue
      if (count === 0) this.#leave()
      else this.#enter(count)
    }
    if (at < end) throw invalid('ERR_INVALID_MESSAGE', `${end - at} bytes follow the value`)
  }

  #enter(count: number): void {
    if (this.#depth === this.#missing.length)
      throw invalid('ERR_TOO_MANY_ELEMENTS', `more than ${this.#depth} arrays and maps lie in each other`)
    this.#missing[this.#depth++] = count
  }

  /** A value has ended, and with it what it was the last of. */
  #leave(): void {
    while (this.#depth > 0) {
      const missing = (this.#missing[this.#depth - 1] as number) - 1
      this.#missing[this.#depth - 1] = missing
      if (missing > 0) return
      this.#depth--
    }
  }
}

function invalid(code: 'ERR_INVALID_MESSAGE' | 'ERR_TOO_MANY_ELEMENTS', why: string): DecodeError {
  return new DecodeError(code, `no MessagePack: ${why}`, { recoverable: true })
}

/** Whether a value is a binary or an extension. */
function isBinary(byte: number): boolean {
  return (byte >= 0xc4 && byte <= 0xc9) || (byte >= 0xd4 && byte <= 0xd8)
}

/** How many bytes the value at `at` has, whose first byte is 0xc0 to 0xdf, without the elements of an array or a map. */
function widthOf(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number
  const lengthBytes = LENGTH_BYTES[byte - 0xc0] as number
  if (lengthBytes === -1) throw invalid('ERR_INVALID_MESSAGE', 'the byte c1 stands for nothing')
  const fixed = 1 + lengthBytes + (FIXED[byte - 0xc0] as number)
  return byte >= FIRST_ARRAY || lengthBytes === 0 ? fixed : fixed + numberAt(bytes, at + 1, lengthBytes)
}

/** How many values that same value has in it: two for each entry of a map. */
function elementsOf(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number
  if (byte < FIRST_ARRAY) return 0
  const count = numberAt(bytes, at + 1, LENGTH_BYTES[byte - 0xc0] as number)
  return byte >= FIRST_MAP ? 2 * count : count
}

/** A big-endian number; what is beyond the bytes counts as zeros, and is found missing by its width. */
function numberAt(bytes: Uint8Array, at: number, size: number): number {
  let value = 0
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0)
  return value
}
