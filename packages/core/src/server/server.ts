import { EventEmitter } from 'eventemitter3'
import type { Address, ListenOptions } from '../address/address.js'
import type { DropReason } from '../admission/drop-reason.js'
import { Channel } from '../connection/channel.js'
import type { AnyConnection, ChannelHost } from '../connection/channel-host.js'
import type { CloseReason } from '../connection/close-reason.js'
import { attach, type Connection, channelOf } from '../connection/connection.js'
import { hooksOf } from '../connection/hooks.js'
import { nextId } from '../connection/id.js'
import { ShinyError } from '../errors/index.js'
import type { AnyServer } from '../observe/diagnostics.js'
import { Observer } from '../observe/observer.js'
import type { ServerStats } from '../observe/stats.js'
import { chooseReactor } from '../reactor/choose.js'
import type { Acceptor, Listener, Reactor, ReactorInfo } from '../reactor/contract.js'
import { acceptError } from '../reactor/socket-errors.js'
import { wheelOf } from '../time/wheels.js'
import { bind } from './bind.js'
import { Doorkeeper } from './doorkeeper.js'
import { type ServerEvents, unharmed } from './events.js'
import { channelHost, type HostEvents } from './host.js'
import { checkListenOptions } from './listen-options.js'
import { type CheckedOptions, checkServerOptions, checkStopOptions, type ServerOptions } from './options.js'
import { ProcessHold } from './process-hold.js'
import { Roster } from './roster.js'
import { Ticker } from './ticker.js'
import { Totals } from './totals.js'
import { warnAbout, warnUnhandled } from './warnings.js'

type State = 'idle' | 'starting' | 'listening' | 'stopping'

/** Makes listeners; none when they are no longer wanted. */
export type Binder = (reactor: Reactor, acceptor: Acceptor) => Promise<readonly Listener[]>

/** Lets a server listen in ways that `listen()` does not offer, otherwise as it does. */
export let listenWith: (server: AnyServer, binders: readonly Binder[]) => Promise<void>

/** What `stop` may be told. */
export interface StopOptions {
  /** In milliseconds, 0 to 2³¹ − 1, default 5,000: connections that are not done by then are cut. */
  readonly timeout?: number | undefined
}

/**
 * A server: it listens, makes a {@link Connection} for each peer, and stops. Use it as it is or subclass it.
 *
 * Events (eventemitter3; an `error` that nobody listens for is a process warning, not a throw): see {@link ServerEvents}.
 *
 * @example
 * ```ts
 * import { Connection, Server } from '@shiny/core'
 * import { line } from '@shiny/codecs'
 *
 * class Echo extends Connection<string> {
 *   override onMessage(text: string): void {
 *     this.send(text)
 *   }
 * }
 *
 * const server = new Server({ codec: line(), connection: Echo })
 * await server.listen({ port: 0, host: '127.0.0.1' })
 * console.log(String(server.addresses[0]))
 * await server.stop()
 * ```
 */
export class Server<In, Out = In, App = unknown> extends EventEmitter<ServerEvents> {
  readonly #options: CheckedOptions
  readonly #reactor: Reactor
  readonly #roster = new Roster<Connection<In, Out, App>>()
  readonly #totals: Totals | null
  readonly #host: ChannelHost
  readonly #door: Doorkeeper | null
  readonly #observer: Observer
  readonly #ticker: Ticker | null
  readonly #hold: ProcessHold
  #listeners: Listener[] = []
  /** How many delivered messages the ticker has been told of. */
  #deliveredBefore = 0
  #state: State = 'idle'
  #binding: Promise<void> | null = null
  #stopping: Promise<void> | null = null

  static {
    listenWith = (server, binders) => server.#listen(binders)
  }

  /** @throws {@link ShinyError} `ERR_OPTION` for a bad option, `ERR_REACTOR_UNAVAILABLE` when `native` was asked for in vain. */
  constructor(options: ServerOptions<In, Out, App>) {
    super()
    this.#options = checkServerOptions(options)
    this.#reactor = chooseReactor(this.#options.reactor)
    this.#hold = new ProcessHold(this.#reactor)
    this.#totals = this.#makeTotals()
    this.#host = this.#makeHost()
    this.#door = this.#makeDoor()
    this.#observer = new Observer(this, {
      connections: this.#roster.connections,
      host: this.#host,
      counters: this.#reactor.counters
    })
    const ticks = this.onTick !== Server.prototype.onTick
    this.#ticker = ticks
      ? new Ticker(
          () => this.#tick(),
          () => this.#takeDelivered()
        )
      : null
  }

  /** What the server's connections share. */
  get app(): App {
    return this.#options.app as App
  }

  /** Which reactor serves. */
  get reactor(): ReactorInfo {
    return this.#reactor.info
  }

  /** What the server is really bound to; empty when it does not listen. */
  get addresses(): readonly Address[] {
    return this.#listeners.map((listener) => listener.address)
  }

  /** The connections that are open. */
  get connections(): ReadonlySet<Connection<In, Out, App>> {
    return this.#roster.connections
  }

  /** Whether the server accepts connections. */
  get listening(): boolean {
    return this.#state === 'listening'
  }

  /**
   * Binds to each address and accepts connections. An address is an object or one of `tcp://HOST:PORT`, `tcp4://…`,
   * `tcp6://…`, `unix://PATH`, `unix://@NAME`, `fd://NUMBER`; with port 0 the system chooses. When one fails, none listens
   * and the server may try again.
   *
   * @throws {@link ShinyError} `ERR_OPTION`, `ERR_ADDRESS`, `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_NOT_AVAILABLE`, `ERR_ACCESS`,
   * `ERR_ALREADY_LISTENING`, `ERR_STOPPED` (while stopping) or `ERR_SOCKET`.
   */
  async listen(...addresses: [ListenOptions | string, ...(ListenOptions | string)[]]): Promise<void> {
    this.#checkIdle()
    const checked = addresses.map(checkListenOptions)
    await this.#listen(checked.map((options) => this.#binder(options)))
  }

  #checkIdle(): void {
    if (this.#state === 'stopping') throw new ShinyError('ERR_STOPPED', 'the server is stopping')
    if (this.#state !== 'idle') throw new ShinyError('ERR_ALREADY_LISTENING')
  }

  async #listen(binders: readonly Binder[]): Promise<void> {
    this.#checkIdle()
    this.#state = 'starting'
    this.#binding = this.#bind(binders)
    await this.#binding
    this.#observer.listening()
    for (const address of this.addresses) unharmed(() => this.emit('listening', address))
  }

  /** What the server has done and how it is now. Takes time in proportion to the number of open connections. */
  stats(): ServerStats {
    return this.#observer.stats()
  }

  /**
   * Stops accepting, answers what has already arrived, closes the connections when their output has left, and after
   * `timeout` cuts those that remain. Resolves when all are closed. A second call joins the first; afterwards `listen` may be called again.
   */
  stop(options: StopOptions = {}): Promise<void> {
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
   * Makes the handler of a new connection. Override it to choose a class by peer, or return null to refuse the peer, which
   * is then disconnected at once and reported as `drop`.
   */
  protected createConnection(_peer: Address): Connection<In, Out, App> | null {
    return new this.#options.connection() as Connection<In, Out, App>
  }

  /**
   * Called between 1 and 60 times a second while the server listens, more often the more messages come, the first time at once. Only a
   * subclass that overrides it pays for it.
   */
  protected onTick(): void {}

  // ---- inside

  /** Whether new peers are served; not when the constructor of a connection has just stopped the server. */
  get #accepting(): boolean {
    return this.#state === 'starting' || this.#state === 'listening'
  }

  /** Nobody stands at the door of a server that lets everybody in. */
  #makeDoor(): Doorkeeper | null {
    if (this.#options.admission === null) return null
    return new Doorkeeper(this.#options, this.#options.admission, this.#reactor, {
      host: this.#host,
      serve: (channel) => this.#serve(channel),
      dropped: (peer, reason, error) => this.#drop(peer, reason, error)
    })
  }

  #makeTotals(): Totals | null {
    const { caps } = this.#options
    return (
      caps &&
      new Totals(this.#roster.connections as Iterable<unknown> as Iterable<AnyConnection>, caps, wheelOf(this.#reactor))
    )
  }

  #makeHost(): ChannelHost {
    const events: HostEvents = {
      opened: () => this.#totals?.watch(),
      unopened: (connection) => this.#connectionClosed(connection, { by: 'local', error: null }),
      upgraded: (next, former) => this.#upgraded(next, former),
      failed: (connection, error, handled) => this.#connectionFailed(connection, error, handled),
      closed: (connection, reason) => this.#connectionClosed(connection, reason)
    }
    return channelHost(this.#options, events, this.#totals)
  }

  #acceptor(): Acceptor {
    return {
      host: this.#door?.host ?? this.#host,
      accept: (slot) => this.#accept(slot),
      acceptFailed: (errno) => {
        this.#observer.refused(errno)
        this.#fail(acceptError(errno))
      }
    }
  }

  #accept(slot: number): Channel | null {
    if (this.#door !== null) return this.#door.accept(slot)
    return this.#serve(new Channel(nextId(), slot, this.#reactor, this.#host))
  }

  /** Makes the handler of a channel; null when nobody serves it. */
  #serve(channel: Channel): Channel | null {
    const needsPeer = this.createConnection !== Server.prototype.createConnection
    let connection: AnyConnection | null = null
    try {
      connection = attach(channel, () =>
        needsPeer ? this.createConnection(channel.remote) : new this.#options.connection()
      )
      if (connection !== null && this.#accepting) {
        if (channelOf(connection) !== channel)
          throw new ShinyError('ERR_DETACHED', 'createConnection() must make a new connection')
        channel.connection = connection
        channel.hooks = hooksOf(connection)
        this.#roster.add(connection)
        if (this.listenerCount('connection') > 0) this.emit('connection', connection)
        this.#observer.opened(connection)
        return channel
      }
      this.#drop(channel.remote, this.#accepting ? 'handler' : 'stopping', null)
    } catch (error) {
      this.#observer.refused('handler')
      this.#fail(error as Error)
    }
    channel.abandon()
    if (connection !== null && channel.connection === connection) this.#forget(connection)
    return null
  }

  #drop(peer: Address, reason: DropReason, error: Error | null): void {
    this.#observer.dropped(peer, reason)
    unharmed(() => this.emit('drop', peer, reason, error))
  }

  #upgraded(next: AnyConnection, former: AnyConnection): void {
    this.#roster.replace(former, next)
    if (this.listenerCount('upgrade') > 0) unharmed(() => this.emit('upgrade', next, former))
  }

  #connectionFailed(connection: AnyConnection, error: Error, handled: boolean): void {
    this.#observer.failed(error, connection)
    if (this.listenerCount('connectionError') > 0) unharmed(() => this.emit('connectionError', error, connection))
    else if (!handled) warnUnhandled(error, connection)
  }

  #connectionClosed(connection: AnyConnection, reason: CloseReason): void {
    this.#forget(connection)
    this.#observer.closed(connection, reason)
  }

  #forget(connection: AnyConnection): void {
    this.#door?.leave(connection.id)
    this.#roster.remove(connection)
  }

  #fail(error: Error): void {
    this.#observer.failed(error)
    if (this.listenerCount('error') > 0) unharmed(() => this.emit('error', error))
    else warnAbout(error, 'server', 'in a server')
  }

  #tick(): void {
    try {
      this.onTick()
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #takeDelivered(): number {
    const { delivered } = this.#host
    const count = delivered - this.#deliveredBefore
    this.#deliveredBefore = delivered
    return count
  }

  #closeListeners(): void {
    for (const listener of this.#listeners) listener.close()
    this.#listeners = []
  }

  #binder(options: ListenOptions): Binder {
    return async (reactor, acceptor) => (this.#accepting ? bind(options, reactor, acceptor) : [])
  }

  async #bind(binders: readonly Binder[]): Promise<void> {
    try {
      for (const bind of binders) {
        this.#listeners.push(...(await bind(this.#reactor, this.#acceptor())))
        if (!this.#accepting) throw new ShinyError('ERR_STOPPED', 'the server was stopped while it began to listen')
      }
    } catch (error) {
      this.#closeListeners()
      this.#door?.close()
      this.#roster.destroyAll()
      if (this.#state === 'starting') this.#state = 'idle'
      throw error
    }
    this.#state = 'listening'
    this.#hold.work(true)
    this.#ticker?.start()
  }

  async #stop(timeout: number): Promise<void> {
    const { addresses } = this
    this.#state = 'stopping'
    this.#observer.stopping()
    this.#ticker?.stop()
    this.#closeListeners()
    this.#door?.close()
    await this.#binding?.catch(() => undefined)
    await this.#roster.drain(timeout)
    this.#state = 'idle'
    this.#hold.work(false)
    this.#stopping = null
    this.#observer.stopped(addresses)
    unharmed(() => this.emit('close'))
  }
}
