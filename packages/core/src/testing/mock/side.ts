import { Channel } from '../../connection/channel.js'
import type { AnyConnection, ChannelHost } from '../../connection/channel-host.js'
import { attach } from '../../connection/connection.js'
import { hooksOf } from '../../connection/hooks.js'
import { nextId } from '../../connection/id.js'
import type { Acceptor, Reactor } from '../../reactor/contract.js'
import { channelHost } from '../../server/host.js'
import { type CheckedOptions, checkServerOptions } from '../../server/options.js'
import { type ConnectionEvent, record } from './recorder.js'

/** One side of a connection in memory: how its handler is made, and what it is told. */
export class Side {
  readonly events: ConnectionEvent[] = []
  readonly host: ChannelHost
  /** The handler; after an upgrade, the next one. Null until there is one. */
  connection: AnyConnection | null = null
  channel: Channel | null = null
  /** The errors that have been reported. */
  readonly errors: Error[] = []
  /** Why it could not be made. */
  failure: unknown = null
  readonly #options: CheckedOptions
  readonly #reactor: Reactor

  /** @throws ShinyError `ERR_OPTION` for a bad option. */
  constructor(reactor: Reactor, options: unknown) {
    this.#reactor = reactor
    this.#options = checkServerOptions(options)
    this.host = channelHost(this.#options, {
      opened: () => undefined,
      unopened: () => undefined,
      upgraded: (next) => this.#upgraded(next),
      failed: (_, error) => this.#failed(error),
      closed: () => undefined
    })
  }

  get acceptor(): Acceptor {
    return { host: this.host, accept: (slot) => this.#accept(slot), acceptFailed: () => undefined }
  }

  /** Makes the channel for a slot. */
  make(slot: number): Channel {
    const channel = new Channel(nextId(), slot, this.#reactor, this.host)
    const connection = attach(channel, () => new this.#options.connection())
    record(connection, this.events)
    channel.connection = connection
    channel.hooks = hooksOf(connection)
    this.connection = connection
    this.channel = channel
    return channel
  }

  #accept(slot: number): Channel | null {
    try {
      return this.make(slot)
    } catch (error) {
      this.failure = error
      return null
    }
  }

  /** What the next handler overrides was looked up before it is recorded here, and stays as it is. */
  #upgraded(next: AnyConnection): void {
    record(next, this.events)
    this.connection = next
  }

  #failed(error: Error): void {
    this.errors.push(error)
    this.events.push({ type: 'error', error })
  }
}
