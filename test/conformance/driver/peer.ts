import { connect, type Socket } from 'node:net'
import type { Address } from '@shiny/core'

/** How a peer connects. */
export interface PeerOptions {
  /** False for a peer that reads nothing until `read()`. */
  readonly reading?: boolean
  /** Its own address, such as `127.0.0.2`. */
  readonly from?: string
  /** Where the server is, if not at the address that it tells: an IPv6 server has IPv4 addresses too. */
  readonly to?: string | undefined
}

/** A plain client, whose every step can be awaited. */
export class Peer {
  readonly socket: Socket
  #chunks: Buffer[] = []
  #held = 0
  #ended = false
  #closed = false
  #error: NodeJS.ErrnoException | null = null
  #watchers: (() => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk)
      this.#held += chunk.length
      this.#tell()
    })
    socket.on('end', () => {
      this.#ended = true
      this.#tell()
    })
    socket.on('error', (error) => {
      this.#error = error
    })
    socket.on('close', () => {
      this.#closed = true
      this.#tell()
    })
  }

  /** Connects. */
  static async connect(address: Address, options: PeerOptions = {}): Promise<Peer> {
    const where =
      address.path === undefined
        ? { host: options.to ?? reachable(address.host), port: address.port }
        : { path: address.path }
    const from = options.from === undefined ? {} : { localAddress: options.from }
    const socket = connect({ ...where, ...from, allowHalfOpen: true, noDelay: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    const peer = new Peer(socket)
    if (options.reading === false) socket.pause()
    return peer
  }

  /** Whether the server has ended its side, or the connection is gone. */
  get isEnded(): boolean {
    return this.#ended || this.#closed
  }

  /** Writes; resolves when the system has taken it, or the connection is gone. */
  write(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(data, () => resolve())
    })
  }

  /** Begins to read. */
  read(): void {
    this.socket.resume()
  }

  /** Ends this side and goes on reading, as `nc -N` does. */
  end(last?: string | Uint8Array): void {
    if (last === undefined) this.socket.end()
    else this.socket.end(last)
  }

  /** Resets the connection; a Unix socket, which knows no reset, is closed. */
  reset(): void {
    if (this.socket.remoteFamily === undefined) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  /** Takes exactly `count` bytes. */
  async bytes(count: number): Promise<Buffer> {
    await this.#when(() => this.#held >= count || this.isEnded)
    if (this.#held < count) throw new Error(`the stream ended after ${this.#held} of ${count} bytes`)
    const all = Buffer.concat(this.#chunks)
    this.#keep(all.subarray(count))
    return all.subarray(0, count)
  }

  /** Takes `count` bytes as text. */
  async text(count: number): Promise<string> {
    return (await this.bytes(count)).toString()
  }

  /** Takes all that has come so far. */
  taken(): Buffer {
    const all = Buffer.concat(this.#chunks)
    this.#keep(Buffer.alloc(0))
    return all
  }

  /** Takes a line, without its line feed. */
  async line(): Promise<string> {
    let all = Buffer.concat(this.#chunks)
    while (!all.includes('\n') && !this.isEnded) {
      const held = this.#held
      await this.#when(() => this.#held > held || this.isEnded)
      all = Buffer.concat(this.#chunks)
    }
    const end = all.indexOf('\n')
    if (end === -1) throw new Error(`the stream ended in a line: ${JSON.stringify(all.toString())}`)
    this.#keep(all.subarray(end + 1))
    return all.subarray(0, end).toString()
  }

  /** Takes all that comes until the server ends its side, in whatever way, and then ends this one. */
  async rest(): Promise<Buffer> {
    await this.#when(() => this.isEnded)
    const all = Buffer.concat(this.#chunks)
    this.#keep(Buffer.alloc(0))
    if (!this.socket.writableEnded) this.socket.end()
    return all
  }

  /** Waits until the server has ended its side, in whatever way; this side goes on. */
  ended(): Promise<void> {
    return this.#when(() => this.isEnded)
  }

  /** Waits for the end of the connection, and ends this side too. Resolves with an error's name, or null. */
  async closed(): Promise<string | null> {
    await this.#when(() => this.isEnded)
    if (!this.socket.writableEnded) this.socket.end()
    this.socket.resume()
    await this.#when(() => this.#closed)
    return this.#error?.code ?? null
  }

  #keep(bytes: Buffer): void {
    this.#chunks = bytes.length === 0 ? [] : [bytes]
    this.#held = bytes.length
  }

  async #when(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#watchers.push(resolve)
      })
    }
  }

  #tell(): void {
    const watchers = this.#watchers
    this.#watchers = []
    for (const watch of watchers) watch()
  }
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
