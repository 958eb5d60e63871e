import type { ByteReader } from '@shiny/core/codec'

/** To make a view costs as much as to copy so many bytes. */
const SHORT = 64

/** Gives content to a library that takes whole arrays. What is short is copied to an array of its length that is used again. */
export class Shorts {
  readonly #arrays: Uint8Array[] = []

  /** What `src` has left, which is consumed: lent until the next call. */
  view(src: ByteReader): Uint8Array {
    const { length } = src
    if (length > SHORT) return src.borrow(length)
    const { memory, position } = src
    const array = this.#arrayOf(length)
    for (let i = 0; i < length; i++) array[i] = memory[position + i] as number
    src.skip(length)
    return array
  }

  #arrayOf(length: number): Uint8Array {
    while (this.#arrays.length <= length) this.#arrays.push(new Uint8Array(this.#arrays.length))
    return this.#arrays[length] as Uint8Array
  }
}
