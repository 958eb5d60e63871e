import { EventEmitter } from 'eventemitter3'
import type { Address, ListenOptions } from '../address/address.js'
import type { Channel } from '../connection/channel.js'
import type { AnyConnection } from '../connection/channel-host.js'
import type { Connection } from '../connection/connection.js'
import { ShinyError } from '../errors/index.js'
import type { AnyServer } from '../observe/diagnostics.js'
import type { ServerStats } from '../observe/stats.js'
import { chooseReactor } from '../reactor/choose.js'
import type { Acceptor, Listener, Reactor, ReactorInfo } from '../reactor/contract.js'
import { bind } from './bind.js'
import { type ServerEvents, unharmed } from './events.js'
import { checkListenOptions } from './listen-options.js'
import { type CheckedOptions, checkServerOptions, checkServerStop, type ServerOptions } from './options.js'
import { ProcessHold } from './process-hold.js'
import { Reception } from './reception.js'
import { Ticker } from './ticker.js'

type State = 'idle' | 'starting' | 'listening' | 'stopping'

/** Makes listeners; none when they are no longer wanted. */
export type Binder = (reactor: Reactor, acceptor: Acceptor) => Promise<readonly Listener[]>

/** Lets a server listen in ways that `listen()` does not offer, otherwise as it does. */
export let listenWith: (server: AnyServer, binders: readonly Binder[]) => Promise<void>

/** What `stop` may be told. */
export interface StopOptions {
  /** In milliseconds, 0 to 2³¹ − 1, default 5,000: connections that are not done by then are cut. */
  readonly timeout?: number | undefined
  /**
   * `close` (default): each connection is closed when all that has arrived is answered. `wait`: they go on as before, until they close or the
   * time is up; for those who answer later than they are asked, or pass on what others say.
   */
  readonly connections?: 'close' | 'wait' | undefined
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
  readonly #reception: Reception<Connection<In, Out, App>>
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
    const owner = { accepts: () => this.#accepting, make: (channel: Channel) => this.#make(channel) }
    this.#reception = new Reception(this.#options, this.#reactor, owner, this)
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
    return this.#reception.roster.connections
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
    this.#reception.observer.listening()
    for (const address of this.addresses) unharmed(() => this.emit('listening', address))
  }

  /** What the server has done and how it is now. Takes time in proportion to the number of open connections. */
  stats(): ServerStats {
    return this.#reception.observer.stats()
  }

  /**
   * Stops accepting, answers what has already arrived, closes the connections when their output has left, and after
   * `timeout` cuts those that remain. Resolves when all are closed. A second call joins the first; afterwards `listen` may be called again.
   */
  stop(options: StopOptions = {}): Promise<void> {
    const { timeout, connections } = checkServerStop(options)
    if (this.#state === 'idle') return Promise.resolve()
    this.#stopping ??= this.#stop(timeout, connections === 'close')
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

  #make(channel: Channel): AnyConnection | null {
    const needsPeer = this.createConnection !== Server.prototype.createConnection
    return needsPeer ? this.createConnection(channel.remote) : new this.#options.connection()
  }

  #tick(): void {
    try {
      this.onTick()
    } catch (error) {
      this.#reception.failed(error as Error)
    }
  }

  #takeDelivered(): number {
    const { delivered } = this.#reception.host
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
        this.#listeners.push(...(await bind(this.#reactor, this.#reception.acceptor)))
        if (!this.#accepting) throw new ShinyError('ERR_STOPPED', 'the server was stopped while it began to listen')
      }
    } catch (error) {
      this.#closeListeners()
      this.#reception.close()
      this.#reception.roster.destroyAll()
      if (this.#state === 'starting') this.#state = 'idle'
      throw error
    }
    this.#state = 'listening'
    this.#hold.work(true)
    this.#ticker?.start()
  }

  async #stop(timeout: number, closes: boolean): Promise<void> {
    const { addresses } = this
    this.#state = 'stopping'
    this.#reception.observer.stopping()
    this.#ticker?.stop()
    this.#closeListeners()
    this.#reception.close()
    await this.#binding?.catch(() => undefined)
    await this.#reception.roster.drain(timeout, closes)
    this.#state = 'idle'
    this.#hold.work(false)
    this.#stopping = null
    this.#reception.observer.stopped(addresses)
    unharmed(() => this.emit('close'))
  }
}
