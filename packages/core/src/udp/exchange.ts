import type { Address } from '../address/address.js'
import { ByteReader, type Format, type RawBuffer } from '../codec/index.js'
import type { CloseReason } from '../connection/close-reason.js'
import { asError, decodeError, encodeError } from '../connection/failures.js'
import { isThenable } from '../connection/thenable.js'
import { ShinyError } from '../errors/index.js'
import * as D from '../reactor/datagrams.js'
import { datagramError, tooLongError } from './datagram-errors.js'
import { type AnyEndpoint, Endpoint } from './endpoint.js'
import { Inlet } from './inlet.js'

/** What an exchange needs of its server. */
export interface ExchangeHost {
  readonly format: Format<unknown, unknown>
  /** The longest datagram, in bytes. */
  readonly maxLength: number
  readonly app: unknown
  /** Something failed; `handled` tells whether the endpoint has an `onError`. */
  failed(error: Error, peer: Address | undefined, handled: boolean): void
  /** A socket is about to be closed. */
  closing(socket: D.DatagramSocket): void
  /** The endpoint wants to end. */
  closeWanted(): void
  /** The last of its sockets failed for good. */
  lost(error: Error): void
}

type State = 'new' | 'open' | 'stopping' | 'closed'

/** The life of an endpoint from its sockets' first datagram to their last: its hooks, its errors, its output. */
export class Exchange {
  readonly host: ExchangeHost
  endpoint!: AnyEndpoint
  /** Datagrams that the format refused. */
  malformed = 0
  readonly #reader = new ByteReader()
  #inlets: Inlet[] = []
  #state: State = 'new'
  #delivers = false
  #handlesErrors = false
  #endsBatches = false
  #drains = false
  /** Handlers whose promises have not settled. */
  #pending = 0
  #settled: (() => void) | null = null

  constructor(host: ExchangeHost) {
    this.host = host
  }

  get app(): unknown {
    return this.host.app
  }

  get isNew(): boolean {
    return this.#state === 'new'
  }

  /** The sockets that are open. */
  get sockets(): readonly D.DatagramSocket[] {
    return this.#inlets.map((inlet) => inlet.socket)
  }

  get addresses(): readonly Address[] {
    return this.sockets.map((socket) => socket.address)
  }

  get isOpen(): boolean {
    return this.#delivers
  }

  get queued(): number {
    let queued = 0
    for (const { socket } of this.#inlets) queued += socket.facts[D.QUEUED] as number
    return queued
  }

  // ---- what the server does

  /** All sockets are bound. */
  open(sockets: readonly D.DatagramSocket[]): void {
    const base = Endpoint.prototype
    const { endpoint } = this
    this.#handlesErrors = endpoint.onError !== base.onError
    this.#endsBatches = endpoint.onBatchEnd !== base.onBatchEnd
    this.#drains = endpoint.onDrain !== base.onDrain
    this.#inlets = sockets.map((socket) => new Inlet(this, socket))
    this.#state = 'open'
    this.#delivers = true
    this.#call('onOpen')
    for (const inlet of this.#inlets) inlet.socket.start(inlet)
  }

  /** Delivers what has arrived unless the endpoint has closed, sends what is queued, and closes; at the deadline whatever is left. */
  async stop(timeout: number): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'stopping'
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeout)
    })
    await Promise.race([this.#drainAll(), deadline])
    clearTimeout(timer)
    this.#close({ by: 'local', error: null })
  }

  // ---- what the endpoint does

  send(message: unknown, to: Address): boolean {
    if (!this.#delivers) throw new ShinyError('ERR_CLOSED', 'the endpoint is not open')
    const { format, maxLength } = this.host
    const socket = this.#socketFor(to)
    const writer = socket.begin()
    try {
      format.encode(message, writer)
      if (writer.length > maxLength) throw tooLongError(writer.length, maxLength)
    } catch (error) {
      socket.cancel()
      throw encodeError(error)
    }
    return socket.send(to)
  }

  close(): void {
    if (this.#state !== 'open') return
    this.#delivers = false
    this.host.closeWanted()
  }

  // ---- what the inlets tell

  deliver(bytes: RawBuffer, start: number, end: number, from: Address, local: Address): void {
    if (!this.#delivers) return
    const reader = this.#reader
    reader.reset(bytes, start, end)
    let message: unknown
    try {
      message = this.host.format.decode(reader)
    } catch (thrown) {
      this.malformed++
      this.report(decodeError(thrown, 0), from)
      return
    }
    try {
      const result = this.endpoint.onMessage(message, from, local)
      if (isThenable(result)) this.#follow(result, from)
    } catch (thrown) {
      this.report(asError(thrown), from)
    }
  }

  refuse(from: Address): void {
    const { maxLength } = this.host
    if (this.#delivers) this.report(tooLongError(undefined, maxLength), from)
  }

  batchEnded(): void {
    if (this.#endsBatches && this.#delivers) this.#call('onBatchEnd')
  }

  drained(): void {
    if (this.#drains && this.#delivers) this.#call('onDrain')
  }

  failed(errno: string, to: Address | null): void {
    if (this.#state !== 'closed') this.report(datagramError(errno, to), to ?? undefined)
  }

  /** A socket fails for good; the others go on. */
  broken(inlet: Inlet, errno: string): void {
    const error = datagramError(errno, null)
    this.#inlets = this.#inlets.filter((other) => other !== inlet)
    this.#closeSocket(inlet.socket)
    this.report(error, undefined)
    if (this.#inlets.length > 0 || this.#state === 'closed') return
    this.#close({ by: 'error', error })
    this.host.lost(error)
  }

  report(error: Error, peer: Address | undefined): void {
    if (this.#handlesErrors) {
      try {
        this.endpoint.onError(error, peer)
      } catch (second) {
        this.host.failed(asError(second), undefined, false)
      }
    }
    this.host.failed(error, peer, this.#handlesErrors)
  }

  // ---- inside

  #socketFor(to: Address): D.DatagramSocket {
    const inlets = this.#inlets
    if (to instanceof D.Peer) for (const { socket } of inlets) if (socket === to.socket) return socket
    for (const { socket } of inlets) if (socket.address.family === to.family) return socket
    return (inlets[0] as Inlet).socket
  }

  /** A handler that returned a promise: what it rejects with is reported, and a graceful stop waits for it. */
  #follow(result: PromiseLike<unknown>, from: Address): void {
    this.#pending++
    Promise.resolve(result)
      .catch((thrown: unknown) => this.report(asError(thrown), from))
      .finally(() => {
        if (--this.#pending === 0) this.#settled?.()
      })
  }

  async #drainAll(): Promise<void> {
    await this.#finishSockets()
    if (this.#pending === 0) return
    await new Promise<void>((resolve) => {
      this.#settled = resolve
    })
    await this.#finishSockets()
  }

  async #finishSockets(): Promise<void> {
    await Promise.all(this.#inlets.map((inlet) => inlet.finish()))
  }

  #call(hook: 'onOpen' | 'onBatchEnd' | 'onDrain'): void {
    try {
      this.endpoint[hook]()
    } catch (error) {
      this.report(asError(error), undefined)
    }
  }

  #closeSocket(socket: D.DatagramSocket): void {
    this.host.closing(socket)
    socket.close()
  }

  #close(reason: CloseReason): void {
    if (this.#state === 'closed') return
    this.#delivers = false
    this.#state = 'closed'
    for (const { socket } of this.#inlets) this.#closeSocket(socket)
    this.#inlets = []
    try {
      this.endpoint.onClose(reason)
    } catch (error) {
      this.host.failed(asError(error), undefined, false)
    }
  }
}
