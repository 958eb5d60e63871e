import { createCipheriv, createHash, type Hash } from 'node:crypto'
import { connect } from 'node:net'

const zeros = Buffer.alloc(64 * 1024)

/** Bytes that look random and are the same for the same seed. */
function* stream(seed: number, bytes: number): Generator<Buffer> {
  const key = createHash('sha256').update(`${seed}`).digest().subarray(0, 16)
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
  for (let left = bytes; left > 0; left -= zeros.length) {
    yield cipher.update(zeros.subarray(0, Math.min(left, zeros.length)))
  }
}

/** How a transfer ended: `whole`, `cut` with all that came being right, or `wrong`. */
export type Outcome = 'whole' | 'cut' | 'wrong'

/** Bytes that are sent to an echo server and must come back. */
export class Transfer {
  readonly #port: number
  readonly #bytes: number
  readonly #seed: number

  constructor(port: number, bytes: number, seed: number) {
    this.#port = port
    this.#bytes = bytes
    this.#seed = seed
  }

  async run(): Promise<Outcome> {
    const hash = createHash('sha256')
    const received = await this.#exchange(hash)
    const expected = createHash('sha256')
    for (const chunk of stream(this.#seed, Math.min(received, this.#bytes))) expected.update(chunk)
    if (received > this.#bytes || !expected.digest().equals(hash.digest())) return 'wrong'
    return received === this.#bytes ? 'whole' : 'cut'
  }

  /** Sends all and resolves to the number of bytes that came back, which `hash` has been fed. */
  #exchange(hash: Hash): Promise<number> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const chunks = stream(this.#seed, this.#bytes)
    let received = 0
    const send = () => {
      for (let next = chunks.next(); !next.done; next = chunks.next()) if (!socket.write(next.value)) return
      socket.end()
    }
    socket.on('drain', send)
    socket.on('data', (chunk) => {
      received += chunk.length
      hash.update(chunk)
    })
    socket.on('error', () => {})
    send()
    return new Promise((resolve) => socket.once('close', () => resolve(received)))
  }
}
