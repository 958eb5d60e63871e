/** The longest name that is recognised, in bytes; the native plan's limit too. */
export const MAX_NAME = 32

/**
 * Finds command names in bytes, whatever their case, without making a string: an open-addressing hash table, built once
 * and shared by all connections of a codec.
 */
export class NameIndex {
  /** The names, in upper case; an index here is a token. */
  readonly names: readonly string[]
  /** Token + 1 of the name in each slot, 0 where there is none. */
  readonly #slots: Int32Array
  readonly #mask: number

  constructor(names: readonly string[]) {
    this.names = names
    let size = 16
    while (size < names.length * 4) size *= 2
    this.#slots = new Int32Array(size)
    this.#mask = size - 1
    for (const [token, name] of names.entries()) {
      let slot = this.#slot(Buffer.from(name, 'latin1'), 0, name.length)
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = token + 1
    }
  }

  /** The token of the name in `bytes[start…end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > MAX_NAME) return -1
    let slot = this.#slot(bytes, start, end)
    for (;;) {
      const token = (this.#slots[slot] as number) - 1
      if (token < 0 || isWord(bytes, start, end, this.names[token] as string)) return token
      slot = (slot + 1) & this.#mask
    }
  }

  #slot(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + upper(bytes[i] as number)) | 0
    return (hash ^ (hash >>> 15)) & this.#mask
  }
}

/** The byte in upper case where it is an ASCII letter. */
function upper(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte
}

/** Whether `bytes[start…end)` is `word`, which is in upper case, in any case of ASCII letters. */
export function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  const length = end - start
  if (length !== word.length) return false
  for (let i = 0; i < length; i++) {
    if (upper(bytes[start + i] as number) !== word.charCodeAt(i)) return false
  }
  return true
}
