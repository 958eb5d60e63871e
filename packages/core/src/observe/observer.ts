import type { Address } from '../address/address.js'
import type { DropReason } from '../admission/drop-reason.js'
import type { AnyConnection } from '../connection/channel-host.js'
import type { CloseReason } from '../connection/close-reason.js'
import {
  type AnyServer,
  publishClose,
  publishDrop,
  publishError,
  publishListen,
  publishOpen,
  publishStop
} from './diagnostics.js'
import type { ServerStats } from './stats.js'
import { Tally, type TallySources } from './tally.js'

/** What a server tells of itself: all of it is counted, and published where somebody has subscribed. */
export class Observer {
  readonly #server: AnyServer
  readonly #tally: Tally

  constructor(server: AnyServer, sources: TallySources) {
    this.#server = server
    this.#tally = new Tally(sources)
  }

  stats(): ServerStats {
    return this.#tally.stats()
  }

  listening(): void {
    this.#tally.started()
    publishListen(this.#server)
  }

  stopping(): void {
    this.#tally.stopped()
  }

  /** `addresses` are those that it was bound to. */
  stopped(addresses: readonly Address[]): void {
    publishStop(this.#server, addresses)
  }

  opened(connection: AnyConnection): void {
    this.#tally.opened()
    publishOpen(this.#server, connection)
  }

  closed(connection: AnyConnection, reason: CloseReason): void {
    this.#tally.closed(connection, reason)
    publishClose(this.#server, connection, reason)
  }

  /** A connection failed, or without one the server. */
  failed(error: Error, connection?: AnyConnection): void {
    this.#tally.failed(error)
    if (connection !== undefined) publishError(this.#server, connection, error)
  }

  /** A peer is refused, whose address is not known. */
  refused(reason: string): void {
    this.#tally.refused(reason)
  }

  dropped(peer: Address, reason: DropReason): void {
    this.#tally.refused(reason)
    publishDrop(this.#server, peer, reason)
  }
}
