import { type Codec, NEED_MORE } from '../codec/index.js'
import { Connection } from '../connection/connection.js'

/** Sends bytes as they are and makes no messages. */
export const farewell: Codec<never, Uint8Array> = {
  name: 'farewell',
  maxBuffered: 0,
  decoder: () => ({ decode: () => NEED_MORE }),
  encoder: () => ({ encode: (bytes, dst) => dst.bytes(bytes) })
}

/** A peer that is told why it is not served, and then disconnected. */
export class Refusal extends Connection<never, Uint8Array> {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    super()
    this.#bytes = bytes
  }

  override onOpen(): void {
    this.end(this.#bytes)
  }

  override onMessage(): void {}
}
