import { type ByteWriter, type RawBuffer, rawBuffer } from '@shiny/core/codec'

/** How many bytes a loop looks at before the runtime is asked, which needs a view. */
const NEAR = 64
/** Scratch memory up to this size is kept for the next frame. */
const KEPT = 64 * 1024

/** The offset in `dst.memory` of what was written at offset `at` of the present message. It holds until something is appended. */
export function placeOf(dst: ByteWriter, at: number): number {
  return dst.claim(0) - (dst.length - at)
}

/**
 * Moves what was written from offset `content` on by `count` bytes, to make room before it, and returns where the gap begins in
 * `dst.memory`. What is written there is appended by `dst.commit`.
 */
export function makeRoom(dst: ByteWriter, content: number, count: number): number {
  const length = dst.length - content
  const end = dst.claim(count)
  const start = end - length
  if (length > 0) dst.memory.copyWithin(start + count, start, end)
  return start
}

/** The offset of the first `byte` in bytes[start, end), or -1. */
export function find(bytes: RawBuffer, byte: number, start: number, end: number): number {
  const near = Math.min(start + NEAR, end)
  for (let at = start; at < near; at++) if (bytes[at] === byte) return at
  if (near === end) return -1
  const found = bytes.subarray(near, end).indexOf(byte)
  return found === -1 ? -1 : near + found
}

/** Memory that content is decoded to which does not lie in its frame as it is. One for each connection. */
export class Scratch {
  #memory: RawBuffer | null = null

  /** Memory of at least `size` bytes; what it holds is lost. */
  take(size: number): RawBuffer {
    if (this.#memory !== null && this.#memory.length >= size) return this.#memory
    const memory = rawBuffer(Math.max(size, 256))
    this.#memory = size <= KEPT ? memory : null
    return memory
  }
}
