import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A raw connection: sends bytes, and reads as many as are expected. */
export class Wire {
  readonly #socket: Socket
  /** What has arrived and was not read; joined only when somebody looks. */
  #pieces: Buffer[] = []
  #arrived = () => {}
  #closed = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (data) => {
      this.#pieces.push(data)
      this.#arrived()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
      this.#arrived()
    })
  }

  write(bytes: Uint8Array | string): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** So many bytes as characters U+0000 to U+00FF, or fewer when the connection closes before. */
  async read(count: number): Promise<string> {
    while (this.#length() < count && !this.#closed) await this.#change()
    return this.#take(count)
  }

  /** The next line with its ending. */
  async line(): Promise<string> {
    while (!this.#joined().includes('\n') && !this.#closed) await this.#change()
    return this.#take(this.#joined().indexOf('\n') + 1)
  }

  /** Everything up to where what has arrived ends with `ending`, or with the connection. */
  async through(ending: string): Promise<string> {
    const bytes = Buffer.from(ending, 'latin1')
    while (!this.#endsWith(bytes) && !this.#closed) await this.#change()
    return this.#take(this.#length())
  }

  /** What still comes until the server closes the connection. */
  async rest(): Promise<string> {
    while (!this.#closed) await this.#change()
    return this.#take(this.#length())
  }

  /** Reads nothing more. */
  pause(): void {
    this.#socket.pause()
  }

  /** Resolves when the system has taken all that was written. */
  async sent(): Promise<void> {
    if (this.#socket.writableLength > 0) await once(this.#socket, 'drain')
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #length(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length, 0)
  }

  #joined(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)]
    return this.#pieces[0]
  }

  #endsWith(bytes: Buffer): boolean {
    const last = this.#pieces.at(-1)
    const end = last !== undefined && last.length >= bytes.length ? last : this.#joined()
    return end.subarray(Math.max(0, end.length - bytes.length)).equals(bytes)
  }

  #take(count: number): string {
    const bytes = this.#joined()
    this.#pieces = [bytes.subarray(count)]
    return bytes.toString('latin1', 0, count)
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrived = resolve
    })
  }
}

export async function dial(t: Test, port: number): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return new Wire(socket)
}
