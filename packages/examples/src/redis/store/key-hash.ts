import { randomBytes } from 'node:crypto'
import type { ByteSource } from './byte-source.js'

/** One more than the largest hash. Hashes have 31 bits, which V8 keeps in a register whatever is done with them. */
export const HASH_RANGE = 2 ** 31

/**
 * HalfSipHash-1-3 with a secret key: whoever chooses the keys cannot choose which of them collide. At the length of
 * usual keys it costs no more than a byte-by-byte hash without that promise, because it reads a word a step.
 */
export class KeyHash {
  // Numbers from the beginning: fields that were first undefined are read with a check for each use.
  readonly #low: number = 0
  readonly #high: number = 0

  constructor(secret: Uint8Array = randomBytes(8)) {
    const view = new DataView(secret.buffer, secret.byteOffset, secret.byteLength)
    this.#low = view.getInt32(0)
    this.#high = view.getInt32(4)
  }

  /** The hash of `source[start…end)`, from 0 to {@link HASH_RANGE} - 1. */
  of(source: ByteSource, start: number, end: number): number {
    const { view, bytes } = source
    let v0 = this.#low
    let v1 = this.#high
    let v2 = v0 ^ 0x6c796765
    let v3 = v1 ^ 0x74656462
    // The round is written out twice, because as a function it would have to return four words.
    let at = start
    for (const last = end - 4; at <= last; at += 4) {
      const word = view.getInt32(at, true)
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    let tail = (end - start) << 24
    for (let shift = 0; at < end; shift += 8) tail |= bytes[at++] << shift
    v3 ^= tail
    for (let round = 0; round < 4; round++) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      if (round === 0) {
        v0 ^= tail
        v2 ^= 0xff
      }
    }
    return (v1 ^ v3) >>> 1
  }
}
