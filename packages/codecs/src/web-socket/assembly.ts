import type { RawBuffer } from '@shiny/core/codec'
import { notUtf8 } from './content.js'
import { Area, type MaskingKey } from './masking.js'
import { wholeUtf8 } from './utf8.js'

const FIRST_CAPACITY = 1024

/** A message whose fragments arrive one by one. Memory grows with the bytes that have come. */
export class Assembly {
  readonly isText: boolean
  /** How many bytes of the message are there. */
  size = 0
  #area = Area.of(FIRST_CAPACITY)
  /** Up to where the text is whole. */
  #whole = 0

  constructor(isText: boolean) {
    this.isText = isText
  }

  /** Adds `memory[from, from + length)`, from which `key` is taken unless it is null. A text that cannot be UTF-8 any more is refused. */
  add(memory: RawBuffer, from: number, length: number, key: MaskingKey | null): void {
    const start = this.size
    const end = start + length
    if (end > this.#area.bytes.length) this.#grow(end)
    const area = this.#area
    const ascii = key?.put(memory, from, length, area, start) ?? false
    if (key === null) memory.copy(area.bytes, start, from, from + length)
    this.size = end
    if (!this.isText) return
    this.#whole = ascii && this.#whole === start ? end : wholeUtf8(area.bytes, this.#whole, end)
    if (this.#whole < 0) throw notUtf8()
  }

  /** The text of all fragments. */
  text(): string {
    if (this.#whole !== this.size) throw notUtf8()
    return this.#area.bytes.utf8Slice(0, this.size)
  }

  /** The bytes of all fragments, which are the caller's from now on. */
  binary(): Uint8Array {
    const { bytes } = this.#area
    // Memory that is mostly unused is not kept alive by a message.
    if (this.size < bytes.length / 2) return new Uint8Array(bytes.subarray(0, this.size))
    return new Uint8Array(bytes.buffer, 0, this.size)
  }

  #grow(least: number): void {
    const former = this.#area.bytes
    this.#area = Area.of(Math.max(2 * former.length, least))
    former.copy(this.#area.bytes, 0, 0, this.size)
  }
}
