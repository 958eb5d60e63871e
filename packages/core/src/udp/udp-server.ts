import { EventEmitter } from 'eventemitter3'
import type { Address } from '../address/address.js'
import { ShinyError } from '../errors/index.js'
import { chooseReactor } from '../reactor/choose.js'
import type { Reactor, ReactorInfo } from '../reactor/contract.js'
import type { DatagramSocket, DatagramSpec } from '../reactor/datagrams.js'
import { unharmed } from '../server/events.js'
import { numericHost } from '../server/lookup.js'
import { checkStopOptions } from '../server/options.js'
import { ProcessHold } from '../server/process-hold.js'
import type { StopOptions } from '../server/server.js'
import { isOwnFault, warnAbout } from '../server/warnings.js'
import { attachEndpoint, type Endpoint } from './endpoint.js'
import { Exchange } from './exchange.js'
import {
  type CheckedUdpOptions,
  checkUdpListen,
  checkUdpOptions,
  type UdpListenOptions,
  type UdpServerOptions
} from './options.js'
import { Tally, type UdpStats } from './stats.js'

type State = 'idle' | 'starting' | 'listening' | 'stopping'

/** The events of a UDP server, with the arguments of their listeners. */
export interface UdpServerEvents {
  /** The server listens; once for each address. */
  listening: (address: Address) => void
  /**
   * A datagram failed, or a hook; the endpoint's own `onError` has been called. `peer` is who had sent the datagram or was
   * to receive it, where there is one. The server goes on.
   */
  error: (error: Error, peer: Address | undefined) => void
  /** The server has stopped. */
  close: () => void
}

/**
 * A server of datagrams: it listens, hands what arrives to one {@link Endpoint}, and stops.
 *
 * Events (eventemitter3; an `error` that nobody listens for is no throw; what a hook threw becomes a process warning): see
 * {@link UdpServerEvents}.
 *
 * @example
 * ```ts
 * import { type Address, Endpoint, UdpServer } from '@shiny/core'
 * import { text } from '@shiny/codecs'
 *
 * class Pong extends Endpoint<string> {
 *   override onMessage(message: string, from: Address): void {
 *     this.send(message, from)
 *   }
 * }
 *
 * const server = new UdpServer({ format: text(), endpoint: Pong })
 * await server.listen({ port: 0, host: '127.0.0.1' })
 * console.log(String(server.addresses[0]))
 * await server.stop()
 * ```
 */
export class UdpServer<In, Out = In, App = unknown> extends EventEmitter<UdpServerEvents> {
  readonly #options: CheckedUdpOptions
  readonly #reactor: Reactor
  readonly #hold: ProcessHold
  readonly #past = new Tally()
  #malformed = 0
  #exchange: Exchange
  #state: State = 'idle'
  #binding: Promise<void> | null = null
  #stopping: Promise<void> | null = null

  /** @throws {@link ShinyError} `ERR_OPTION` for a bad option, `ERR_REACTOR_UNAVAILABLE` when `native` was asked for in vain. */
  constructor(options: UdpServerOptions<In, Out, App>) {
    super()
    this.#options = checkUdpOptions(options)
    this.#reactor = chooseReactor(this.#options.reactor)
    this.#hold = new ProcessHold(this.#reactor)
    this.#exchange = this.#makeExchange()
  }

  /** What the endpoint is given. */
  get app(): App {
    return this.#options.app as App
  }

  /** Which reactor serves. */
  get reactor(): ReactorInfo {
    return this.#reactor.info
  }

  /** The endpoint of this life of the server; `listen` after a stop makes another one. */
  get endpoint(): Endpoint<In, Out, App> {
    return this.#exchange.endpoint as Endpoint<In, Out, App>
  }

  /** What the server is really bound to; empty when it does not listen. */
  get addresses(): readonly Address[] {
    return this.#exchange.addresses
  }

  /** Whether the server receives. */
  get listening(): boolean {
    return this.#state === 'listening'
  }

  /** What has happened to datagrams so far. */
  stats(): UdpStats {
    return this.#past.stats(this.#exchange.sockets, this.#malformed + this.#exchange.malformed)
  }

  /**
   * Binds to each address and receives. An address is an object or one of `udp://HOST:PORT`, `udp4://…`, `udp6://…`; with port
   * 0 the system chooses. When one fails, none listens and the server may try again.
   *
   * @throws {@link ShinyError} `ERR_OPTION`, `ERR_ADDRESS`, `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_NOT_AVAILABLE`, `ERR_ACCESS`,
   * `ERR_ALREADY_LISTENING`, `ERR_STOPPED` (while stopping) or `ERR_SOCKET`.
   */
  async listen(...addresses: [UdpListenOptions | string, ...(UdpListenOptions | string)[]]): Promise<void> {
    if (this.#state === 'stopping') throw new ShinyError('ERR_STOPPED', 'the server is stopping')
    if (this.#state !== 'idle') throw new ShinyError('ERR_ALREADY_LISTENING')
    const checked = addresses.map(checkUdpListen)
    if (!this.#exchange.isNew) {
      this.#malformed += this.#exchange.malformed
      this.#exchange = this.#makeExchange()
    }
    this.#state = 'starting'
    this.#binding = this.#bind(checked)
    await this.#binding
    for (const address of this.addresses) unharmed(() => this.emit('listening', address))
  }

  /**
   * Delivers what has already arrived, waits for handlers that returned promises, sends what is queued, and closes; after
   * `timeout` whatever is left is dropped. A second call joins the first; afterwards `listen` may be called again.
   */
  stop(options: Pick<StopOptions, 'timeout'> = {}): Promise<void> {
    const timeout = checkStopOptions(options)
    if (this.#state === 'idle') return Promise.resolve()
    this.#stopping ??= this.#stop(timeout)
    return this.#stopping
  }

  /** `stop()` with its default deadline, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Lets the server keep the process alive, as it does from the beginning. */
  ref(): this {
    this.#hold.allow(true)
    return this
  }

  /** Lets the process end although the server listens. */
  unref(): this {
    this.#hold.allow(false)
    return this
  }

  /**
   * Joins a multicast group on each address of its family. `networkInterface` is the name of an interface; without it
   * the system chooses.
   *
   * @throws {@link ShinyError} `ERR_SOCKET` when the system refuses, `ERR_CLOSED` when no address of that family is bound.
   */
  join(group: string, networkInterface?: string): void {
    this.#changeGroup(group, networkInterface, true)
  }

  /** Leaves a multicast group; as {@link UdpServer.join}. */
  leave(group: string, networkInterface?: string): void {
    this.#changeGroup(group, networkInterface, false)
  }

  // ---- inside

  #makeExchange(): Exchange {
    const { format, app, endpoint } = this.#options
    const exchange = new Exchange({
      format,
      maxLength: this.#options.maxLength,
      app,
      failed: (error, peer, handled) => this.#fail(error, peer, handled),
      closing: (socket) => this.#past.addClosing(socket),
      closeWanted: () => void this.stop(),
      lost: () => void this.stop({ timeout: 0 })
    })
    exchange.endpoint = attachEndpoint(exchange, () => new endpoint())
    return exchange
  }

  #fail(error: Error, peer: Address | undefined, handled: boolean): void {
    if (this.listenerCount('error') > 0) {
      unharmed(() => this.emit('error', error, peer))
      return
    }
    if (isOwnFault(error) && !handled) warnAbout(error, 'handler', 'in an endpoint')
  }

  /** Whether a stop has come in between. */
  get #starting(): boolean {
    return this.#state === 'starting'
  }

  async #bind(addresses: readonly UdpListenOptions[]): Promise<void> {
    const sockets: DatagramSocket[] = []
    try {
      for (const options of addresses) {
        const spec = await this.#specOf(options)
        if (this.#starting) sockets.push(await this.#reactor.bindDatagrams(spec))
        if (!this.#starting) throw new ShinyError('ERR_STOPPED', 'the server was stopped while it began to listen')
      }
    } catch (error) {
      for (const socket of sockets) socket.close()
      if (this.#starting) this.#state = 'idle'
      throw error
    }
    this.#state = 'listening'
    this.#hold.work(true)
    this.#exchange.open(sockets)
  }

  async #specOf(options: UdpListenOptions): Promise<DatagramSpec> {
    const { highWaterMark, lowWaterMark, maxQueued, maxLength } = this.#options
    return {
      host: await numericHost(options.host),
      port: options.port,
      ipv6Only: options.ipv6Only ?? false,
      reusePort: options.reusePort ?? false,
      broadcast: options.broadcast ?? false,
      receiveBuffer: options.receiveBuffer ?? 0,
      sendBuffer: options.sendBuffer ?? 0,
      maxLength,
      highWaterMark,
      lowWaterMark,
      maxQueued
    }
  }

  async #stop(timeout: number): Promise<void> {
    this.#state = 'stopping'
    await this.#binding?.catch(() => undefined)
    if (!this.#exchange.isNew) await this.#exchange.stop(timeout)
    this.#state = 'idle'
    this.#hold.work(false)
    this.#stopping = null
    unharmed(() => this.emit('close'))
  }

  #changeGroup(group: string, networkInterface: string | undefined, join: boolean): void {
    const family = group.includes(':') ? 'ipv6' : 'ipv4'
    const sockets = this.#exchange.sockets.filter((socket) => socket.address.family === family)
    if (sockets.length === 0) throw new ShinyError('ERR_CLOSED', `no ${family} address is bound`)
    for (const socket of sockets) socket.changeGroup(group, networkInterface, join)
  }
}
