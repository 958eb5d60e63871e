import { isIP } from 'node:net'
import { Channel } from '../connection/channel.js'
import type { AnyConnection, ChannelHost } from '../connection/channel-host.js'
import { attach } from '../connection/connection.js'
import { hooksOf } from '../connection/hooks.js'
import { nextId } from '../connection/id.js'
import { optionError, ShinyError } from '../errors/index.js'
import { chooseReactor } from '../reactor/choose.js'
import type { ConnectSpec, Reactor } from '../reactor/contract.js'
import { connectError } from '../reactor/socket-errors.js'
import { channelHost } from '../server/host.js'
import { addressesOf } from '../server/lookup.js'
import { type CheckedOptions, checkServerOptions, type Handler } from '../server/options.js'
import { warnUnhandled } from '../server/warnings.js'
import { type CheckedTarget, type ConnectOptions, checkTarget } from './options.js'

/** What a server may be told, and somebody who connects may not. */
const SERVERS_ONLY = ['access', 'proxyProtocol', 'limits']

/**
 * Connects to a server and resolves with the connection when it is open: its `onOpen` has been called, and messages follow. It
 * keeps the process alive until it is closed.
 *
 * A name that has several addresses is tried at each of them, in the order of the system's lookup, until one answers.
 *
 * @throws {@link ShinyError} (as a rejection) `ERR_OPTION`, `ERR_ADDRESS`, `ERR_CONNECT_REFUSED`, `ERR_CONNECT_TIMEOUT`, `ERR_ACCESS`,
 * `ERR_CONNECT`, or `ERR_ABORTED` with the signal's reason as `cause`. Whatever the constructor throws rejects too.
 *
 * @example
 * ```ts
 * import { Connection, connect } from '@shiny/core'
 * import { line } from '@shiny/codecs'
 *
 * class Caller extends Connection<string> {
 *   override onMessage(text: string): void {
 *     console.log(text)
 *     this.end()
 *   }
 * }
 *
 * const caller = await connect({ port: 9999, codec: line(), connection: Caller })
 * caller.send('hello')
 * ```
 */
export async function connect<In, Out, H extends Handler<NoInfer<In>, NoInfer<Out>, unknown>>(
  options: ConnectOptions<In, Out, H>
): Promise<InstanceType<H>> {
  const { target, rest } = checkTarget(options)
  for (const name of SERVERS_ONLY) if (name in rest) throw optionError(name, 'there is no such option')
  const attempt = new Attempt(checkServerOptions(rest), target)
  return (await attempt.run()) as InstanceType<H>
}

/** One call of `connect`: address after address, until one answers, the time is up or the signal is aborted. */
class Attempt {
  readonly #options: CheckedOptions
  readonly #target: CheckedTarget
  readonly #reactor: Reactor
  /** Ends the wait for whatever is awaited just now. */
  #giveUp: ((error: ShinyError) => void) | null = null
  #failure: ShinyError | null = null

  constructor(options: CheckedOptions, target: CheckedTarget) {
    this.#options = options
    this.#target = target
    this.#reactor = chooseReactor(options.reactor)
  }

  async run(): Promise<AnyConnection> {
    const { timeout, signal } = this.#target
    const aborted = () => this.#fail(new ShinyError('ERR_ABORTED', undefined, { cause: signal?.reason }))
    const late = () => this.#fail(new ShinyError('ERR_CONNECT_TIMEOUT', `no answer within ${timeout} ms`))
    const timer = timeout > 0 ? setTimeout(late, timeout) : undefined
    signal?.addEventListener('abort', aborted, { once: true })
    if (signal?.aborted) aborted()
    this.#reactor.ref()
    try {
      return await this.#tryEach(await this.#unlessFailed(this.#specs()))
    } finally {
      this.#reactor.unref()
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
    }
  }

  #fail(error: ShinyError): void {
    this.#failure ??= error
    this.#giveUp?.(this.#failure)
  }

  async #tryEach(specs: ConnectSpec[]): Promise<AnyConnection> {
    let last: unknown
    for (const spec of specs) {
      try {
        return await this.#try(spec)
      } catch (error) {
        last = error
        if (this.#failure !== null || !(error instanceof ShinyError)) break
      }
    }
    throw last
  }

  #try(spec: ConnectSpec): Promise<AnyConnection> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) throw this.#failure
      const reactor = this.#reactor
      const host = this.#host(resolve, (errno) => {
        this.#giveUp = null
        reject(this.#failure ?? connectError(errno ?? 'ECANCELED', spec))
      })
      const channel = reactor.connect(spec, host, (slot) => this.#channel(slot, host))
      this.#giveUp = () => reactor.destroy(channel, false)
      reactor.ref()
    })
  }

  #channel(slot: number, host: ChannelHost): Channel {
    const channel = new Channel(nextId(), slot, this.#reactor, host)
    // Before the constructor, which may send something too.
    if (this.#target.header !== null) channel.sendFirst(this.#target.header)
    channel.connection = attach(channel, () => new this.#options.connection()) as AnyConnection
    channel.hooks = hooksOf(channel.connection)
    return channel
  }

  #host(opened: (connection: AnyConnection) => void, unopened: (errno: string | null) => void): ChannelHost {
    const reactor = this.#reactor
    return channelHost(this.#options, {
      opened: (connection) => {
        this.#giveUp = null
        opened(connection)
      },
      unopened: (_, errno) => {
        reactor.unref()
        unopened(errno)
      },
      failed: (connection, error, handled) => {
        if (!handled) warnUnhandled(error, connection)
      },
      closed: () => reactor.unref()
    })
  }

  /** All that the target's name stands for. */
  async #specs(): Promise<ConnectSpec[]> {
    const { path, port, host } = this.#target
    if (path !== undefined) return [{ path, host: '', port: 0 }]
    if (isIP(host) !== 0) return [{ path, host, port }]
    return (await addressesOf(host, undefined)).map((address) => ({ path, host: address, port }))
  }

  #unlessFailed<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject
      if (this.#failure !== null) reject(this.#failure)
      work.then(resolve, reject)
    })
  }
}
