import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Dice } from './dice.js'

/** What a proxy does to one stream. */
export interface Toxics {
  /** Each chunk is cut into at most so many pieces, at random places. */
  readonly slices: number
  /** Milliseconds by which each chunk is held up, and by how much that varies. */
  readonly latency: number
  readonly jitter: number
  /** After so many bytes, both ways together, the stream is ended or reset; null: never. */
  readonly limit: { readonly bytes: number; readonly by: 'end' | 'reset' } | null
}

/** A proxy that makes trouble on purpose. */
export class ChaosProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #accepted = 0

  private constructor(target: number, seed: number, toxicsOf: (stream: number) => Toxics) {
    // Ends are passed on one by one.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const stream = this.#accepted++
      const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
      new Passage(client, server, toxicsOf(stream), new Dice(seed + stream)).open()
      for (const socket of [client, server]) {
        this.#sockets.add(socket)
        socket.once('close', () => this.#sockets.delete(socket))
      }
    })
  }

  /** Starts a proxy in front of a port of the loopback address; streams are numbered as they are accepted. */
  static async start(target: number, seed: number, toxicsOf: (stream: number) => Toxics): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target, seed, toxicsOf)
    proxy.#server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** One stream through the proxy. */
class Passage {
  readonly #client: Socket
  readonly #server: Socket
  readonly #toxics: Toxics
  readonly #dice: Dice
  #left: number

  constructor(client: Socket, server: Socket, toxics: Toxics, dice: Dice) {
    this.#client = client
    this.#server = server
    this.#toxics = toxics
    this.#dice = dice
    this.#left = toxics.limit?.bytes ?? Number.POSITIVE_INFINITY
  }

  open(): void {
    void this.#pump(this.#client, this.#server)
    void this.#pump(this.#server, this.#client)
  }

  async #pump(from: Socket, to: Socket): Promise<void> {
    try {
      // The end of one direction is not the end of the socket.
      for await (const chunk of from.iterator({ destroyOnReturn: false })) await this.#pass(chunk as Buffer, to)
      to.end()
    } catch {
      // One side is gone, in whatever way: so is the other.
      from.destroy()
      to.destroy()
    }
  }

  async #pass(chunk: Buffer, to: Socket): Promise<void> {
    const { latency, jitter, slices } = this.#toxics
    if (latency + jitter > 0) await sleep(latency + this.#dice.roll(jitter + 1))
    let rest = chunk.subarray(0, Math.min(chunk.length, this.#left))
    this.#left -= chunk.length
    for (let slice = this.#dice.roll(slices); rest.length > 0; slice--) {
      const size = slice > 0 ? 1 + this.#dice.roll(rest.length) : rest.length
      if (!to.write(rest.subarray(0, size))) await once(to, 'drain')
      rest = rest.subarray(size)
      // A turn between two slices, so that they do not leave as one.
      if (slices > 1) await new Promise<void>((resolve) => setImmediate(resolve))
    }
    if (this.#left <= 0) this.#cut()
  }

  #cut(): void {
    for (const socket of [this.#client, this.#server]) {
      if (this.#toxics.limit?.by === 'reset') socket.resetAndDestroy()
      else socket.destroySoon()
    }
  }
}
