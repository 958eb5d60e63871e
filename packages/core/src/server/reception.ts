import type { EventEmitter } from 'eventemitter3'
import type { Address } from '../address/address.js'
import type { DropReason } from '../admission/drop-reason.js'
import { Channel } from '../connection/channel.js'
import type { AnyConnection, ChannelHost } from '../connection/channel-host.js'
import type { CloseReason } from '../connection/close-reason.js'
import { attach, channelOf } from '../connection/connection.js'
import { hooksOf } from '../connection/hooks.js'
import { nextId } from '../connection/id.js'
import { ShinyError } from '../errors/index.js'
import type { AnyServer } from '../observe/diagnostics.js'
import { Observer } from '../observe/observer.js'
import type { Acceptor, Reactor } from '../reactor/contract.js'
import { acceptError } from '../reactor/socket-errors.js'
import { wheelOf } from '../time/wheels.js'
import { Doorkeeper } from './doorkeeper.js'
import { type ServerEvents, unharmed } from './events.js'
import { channelHost, type HostEvents } from './host.js'
import type { CheckedOptions } from './options.js'
import { Roster } from './roster.js'
import { Totals } from './totals.js'
import { warnAbout, warnUnhandled } from './warnings.js'

/** What is asked of the server that peers come to. */
export interface ReceptionOwner {
  /** Whether new peers are served. */
  readonly accepts: () => boolean
  /** Makes the handler of a channel, which it is attached to; null refuses the peer. */
  readonly make: (channel: Channel) => AnyConnection | null
}

/** Receives the peers of a server: who is let in, who handles them, who is there, and who is told of it. */
export class Reception<C extends AnyConnection> {
  readonly roster = new Roster<C>()
  readonly observer: Observer
  readonly host: ChannelHost
  readonly acceptor: Acceptor
  readonly #events: EventEmitter<ServerEvents>
  readonly #reactor: Reactor
  readonly #owner: ReceptionOwner
  readonly #totals: Totals | null
  readonly #door: Doorkeeper | null

  constructor(
    options: CheckedOptions,
    reactor: Reactor,
    owner: ReceptionOwner,
    events: EventEmitter<ServerEvents> & AnyServer
  ) {
    this.#events = events
    this.#reactor = reactor
    this.#owner = owner
    this.#totals = this.#makeTotals(options)
    this.host = channelHost(options, this.#hostEvents(), this.#totals)
    this.#door = this.#makeDoor(options)
    const { counters } = reactor
    this.observer = new Observer(events, { connections: this.roster.connections, host: this.host, counters })
    this.acceptor = {
      host: this.#door?.host ?? this.host,
      accept: (slot) => this.#accept(slot),
      acceptFailed: (errno) => {
        this.observer.refused(errno)
        this.failed(acceptError(errno))
      }
    }
  }

  /** Lets nobody in any more who is not in yet. */
  close(): void {
    this.#door?.close()
  }

  /** The server failed to do something and goes on. */
  failed(error: Error): void {
    this.observer.failed(error)
    const events = this.#events
    if (events.listenerCount('error') > 0) unharmed(() => events.emit('error', error))
    else warnAbout(error, 'server', 'in a server')
  }

  /** Nobody stands at the door of a server that lets everybody in. */
  #makeDoor(options: CheckedOptions): Doorkeeper | null {
    if (options.admission === null) return null
    return new Doorkeeper(options, options.admission, this.#reactor, {
      host: this.host,
      serve: (channel) => this.#serve(channel),
      dropped: (peer, reason, error) => this.#drop(peer, reason, error)
    })
  }

  #makeTotals({ caps }: CheckedOptions): Totals | null {
    const connections: Iterable<unknown> = this.roster.connections
    return caps && new Totals(connections as Iterable<AnyConnection>, caps, wheelOf(this.#reactor))
  }

  #hostEvents(): HostEvents {
    return {
      opened: () => this.#totals?.watch(),
      unopened: (connection) => this.#closed(connection, { by: 'local', error: null }),
      upgraded: (next, former) => this.#upgraded(next, former),
      failed: (connection, error, handled) => this.#connectionFailed(connection, error, handled),
      closed: (connection, reason) => this.#closed(connection, reason)
    }
  }

  #accept(slot: number): Channel | null {
    if (this.#door !== null) return this.#door.accept(slot)
    return this.#serve(new Channel(nextId(), slot, this.#reactor, this.host))
  }

  /** Makes the handler of a channel; null when nobody serves it. */
  #serve(channel: Channel): Channel | null {
    const events = this.#events
    let connection: AnyConnection | null = null
    try {
      connection = attach(channel, () => this.#owner.make(channel))
      // The constructor may just have stopped the server.
      if (connection !== null && this.#owner.accepts()) {
        if (channelOf(connection) !== channel)
          throw new ShinyError('ERR_DETACHED', 'createConnection() must make a new connection')
        channel.connection = connection
        channel.hooks = hooksOf(connection)
        this.roster.add(connection)
        if (events.listenerCount('connection') > 0) events.emit('connection', connection)
        this.observer.opened(connection)
        return channel
      }
      this.#drop(channel.remote, this.#owner.accepts() ? 'handler' : 'stopping', null)
    } catch (error) {
      this.observer.refused('handler')
      this.failed(error as Error)
    }
    channel.abandon()
    if (connection !== null && channel.connection === connection) this.#forget(connection)
    return null
  }

  #drop(peer: Address, reason: DropReason, error: Error | null): void {
    this.observer.dropped(peer, reason)
    unharmed(() => this.#events.emit('drop', peer, reason, error))
  }

  #upgraded(next: AnyConnection, former: AnyConnection): void {
    this.roster.replace(former, next)
    const events = this.#events
    if (events.listenerCount('upgrade') > 0) unharmed(() => events.emit('upgrade', next, former))
  }

  #connectionFailed(connection: AnyConnection, error: Error, handled: boolean): void {
    this.observer.failed(error, connection)
    const events = this.#events
    if (events.listenerCount('connectionError') > 0) unharmed(() => events.emit('connectionError', error, connection))
    else if (!handled) warnUnhandled(error, connection)
  }

  #closed(connection: AnyConnection, reason: CloseReason): void {
    this.#forget(connection)
    this.observer.closed(connection, reason)
  }

  #forget(connection: AnyConnection): void {
    this.#door?.leave(connection.id)
    this.roster.remove(connection)
  }
}
