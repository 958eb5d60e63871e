import type { ByteWriter } from '@shiny/core/codec'
import { MaskingKey } from './masking.js'

/** How many random bytes are asked for at once. */
const POOL = 4096

const pool = new Uint8Array(POOL)
let used = POOL

/** Masks what clients send, each frame with another random key: RFC 6455, section 10.3. One for all connections of a codec. */
export class FrameMask {
  /** How many bytes a key has. */
  readonly size = 4
  readonly #key = new MaskingKey()

  /** Chooses a key and writes it. */
  begin(dst: ByteWriter): void {
    if (used === POOL) {
      crypto.getRandomValues(pool)
      used = 0
    }
    this.#key.read(pool, used)
    used += 4
    dst.bytes(this.#key.bytes)
  }

  /** Masks all that has been written of the present message from the offset `start` on. */
  apply(dst: ByteWriter, start: number): void {
    const end = dst.claim(0)
    this.#key.apply(dst.memory, end - (dst.length - start), end)
  }
}
