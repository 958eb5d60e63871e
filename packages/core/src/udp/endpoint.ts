import type { Address } from '../address/address.js'
import type { CloseReason } from '../connection/close-reason.js'
import { ShinyError } from '../errors/index.js'
import type { Exchange } from './exchange.js'

/** The exchange that the next endpoint to be constructed belongs to. */
let adopting: Exchange | null = null

/** Constructs an endpoint that is attached to `exchange` from its first line on. */
export function attachEndpoint(exchange: Exchange, construct: () => AnyEndpoint): AnyEndpoint {
  const outer = adopting
  adopting = exchange
  try {
    return construct()
  } finally {
    adopting = outer
  }
}

/** An endpoint of whatever types. */
// biome-ignore lint/suspicious/noExplicitAny: what holds endpoints of any format can say nothing of their messages
export type AnyEndpoint = Endpoint<any, any, any>

/**
 * Where all datagrams of a {@link UdpServer} arrive. Subclass it, override the hooks that you need, and call the actions from them,
 * or later. A server makes one instance each time it listens.
 *
 * `In` is what the format makes of a datagram, `Out` what may be sent, `App` the type of the server's `app`.
 *
 * Hooks are called in the order `onOpen (onMessage | onBatchEnd | onDrain | onError)* onClose`; nothing follows `onClose`, which
 * is called exactly once. A hook that throws ends nothing: what it threw goes to `onError` and to the server's `error` event.
 *
 * @example
 * ```ts
 * import { type Address, Endpoint } from '@shiny/core'
 *
 * class Pong extends Endpoint<string> {
 *   override onMessage(message: string, from: Address): void {
 *     this.send(message, from)
 *   }
 * }
 * ```
 */
export abstract class Endpoint<In = Uint8Array, Out = In, App = unknown> {
  /** Types only: makes the compiler compare `In` and `Out` strictly. There is no such property at run time. */
  declare readonly '~io': { readonly in: (message: In) => void; readonly out: () => Out }

  readonly #exchange: Exchange | null = adopting

  /** The server's `app`. */
  get app(): App {
    return this.#inside.app as App
  }

  /** What the server is really bound to; empty when it does not listen. */
  get addresses(): readonly Address[] {
    return this.#inside.addresses
  }

  /** Bytes that the system has not taken yet, with 64 more for each datagram. */
  get queued(): number {
    return this.#inside.queued
  }

  /** Whether messages may be sent: from `onOpen` on, until `close` or the server has stopped. */
  get isOpen(): boolean {
    return this.#inside.isOpen
  }

  /** The server is bound to all its addresses. */
  onOpen(): void {}

  /**
   * A datagram has arrived. What the format lends is valid until the method returns; the addresses may be kept. A peer that is
   * heard of often is the same object each time: each bound address remembers up to 4,096. `local` is the bound address
   * that the datagram came through.
   *
   * Datagrams do not wait for each other: a promise that is returned delays nothing but a graceful stop.
   */
  abstract onMessage(message: In, from: Address, local: Address): void | Promise<void>

  /** All datagrams that one address received in this turn have been delivered; their replies leave together. */
  onBatchEnd(): void {}

  /** Output that had been above the high-water mark has fallen to the low one. */
  onDrain(): void {}

  /**
   * A datagram failed, or a hook. `peer` is who had sent the datagram or was to receive it, where there is one. Everything
   * goes on.
   */
  onError(_error: Error, _peer: Address | undefined): void {}

  /** The server has stopped listening; the last call. */
  onClose(_reason: CloseReason): void {}

  /**
   * Sends a datagram. It leaves with all others of this turn, in order. To somebody that a message came from it leaves by
   * the socket that the message came through; to another address by the first one of its family.
   *
   * @returns false when more than the high-water mark is queued because the system takes no more: wait for `onDrain`. Above
   * `maxQueued` datagrams are dropped and counted.
   * @throws {@link ShinyError} `ERR_CLOSED` when `isOpen` is false, `ERR_ADDRESS` for an address that is no numeric host and
   * port, `ERR_DATAGRAM_TOO_LONG` above the format's `maxLength`, or what the format throws for a message that it cannot
   * encode.
   */
  send(message: Out, to: Address): boolean {
    return this.#inside.send(message, to)
  }

  /** Stops the server: no further message is delivered, what was sent leaves within 5 seconds. */
  close(): void {
    this.#inside.close()
  }

  get #inside(): Exchange {
    const exchange = this.#exchange
    if (exchange === null) throw new ShinyError('ERR_DETACHED', 'an endpoint that no server made was used')
    return exchange
  }
}
