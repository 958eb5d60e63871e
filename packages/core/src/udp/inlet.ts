import type { Address } from '../address/address.js'
import type { RawBuffer } from '../codec/index.js'
import type { DatagramReceiver, DatagramSocket } from '../reactor/datagrams.js'
import type { Exchange } from './exchange.js'

/** One socket of an exchange, and what it tells. */
export class Inlet implements DatagramReceiver {
  readonly socket: DatagramSocket
  readonly #exchange: Exchange
  #finished: (() => void) | null = null

  constructor(exchange: Exchange, socket: DatagramSocket) {
    this.#exchange = exchange
    this.socket = socket
  }

  /** Resolves when all that had arrived is delivered and nothing is queued, or the socket is gone. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#finished = resolve
      this.socket.finish()
    })
  }

  received(bytes: RawBuffer, start: number, end: number, from: Address): void {
    this.#exchange.deliver(bytes, start, end, from, this.socket.address)
  }

  tooLong(from: Address): void {
    this.#exchange.refuse(from)
  }

  batchEnded(): void {
    this.#exchange.batchEnded()
  }

  failed(errno: string, to: Address | null): void {
    this.#exchange.failed(errno, to)
  }

  drained(): void {
    this.#exchange.drained()
  }

  finished(): void {
    this.#finished?.()
  }

  broken(errno: string): void {
    this.#exchange.broken(this, errno)
    this.#finished?.()
  }
}
