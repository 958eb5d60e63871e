import type { Address } from '../address/address.js'
import type { Codec, ProxyHeader } from '../codec/index.js'
import { ShinyError, type TimeoutKind } from '../errors/index.js'
import type { Channel } from './channel.js'
import type { AnyConnection } from './channel-host.js'
import type { CloseReason } from './close-reason.js'
import type { PeerCredentials } from './credentials.js'
import type { AppOf, Handler, NeedsApp } from './handler.js'
import type { ConnectionLimits } from './limits.js'
import type { Timeouts } from './timeouts.js'
import { checkUpgrade, type UpgradeOptions } from './upgrade.js'
import type { Waker } from './waker.js'

/** The channel that the next connection to be constructed belongs to. */
let adopting: Channel | null = null

/** Constructs a connection that is attached to `channel` from its first line on, so that its fields may use its facts. */
export function attach<C extends AnyConnection | null>(channel: Channel, construct: () => C): C {
  const outer = adopting
  adopting = channel
  try {
    return construct()
  } finally {
    adopting = outer
  }
}

/** The inside of a connection. */
export let channelOf: (connection: AnyConnection) => Channel

/** Leaves a connection that has been replaced with what `remains` of its inside. */
export let detach: (connection: AnyConnection, remains: Channel) => void

/**
 * One connection. Subclass it, override the hooks that you need, and call the actions from them, or later.
 *
 * `In` is what the codec makes of the peer's bytes, `Out` what may be sent, `App` the type of the server's `app`.
 *
 * Hooks are called in the order `onOpen (onMessage | onBatchEnd | onDrain | onTimeout | onWake)* onEnd? onError? onClose`, and where a
 * connection may be half-open, `onDrain`, `onTimeout` and `onWake` after `onEnd` too; nothing
 * follows `onClose`, which is called exactly once. A hook that throws closes its own connection and no other.
 *
 * @example
 * ```ts
 * import { Connection } from '@shiny/core'
 *
 * class Echo extends Connection<string> {
 *   override onMessage(text: string): void {
 *     this.send(text)
 *   }
 * }
 * ```
 */
export abstract class Connection<In = Uint8Array, Out = In, App = unknown> {
  /** Types only: makes the compiler compare `In` and `Out` strictly. There is no such property at run time. */
  declare readonly '~io': { readonly in: (message: In) => void; readonly out: () => Out }

  #channel: Channel | null = adopting

  static {
    channelOf = (connection) => {
      if (connection.#channel === null) throw new ShinyError('ERR_DETACHED')
      return connection.#channel
    }
    detach = (connection, remains) => {
      connection.#channel = remains
    }
  }

  /** A number that no other connection of the process has had or will have. */
  get id(): number {
    return this.#inside.id
  }

  /** The server's `app`. */
  get app(): App {
    return this.#inside.host.app as App
  }

  /** The peer's address. Ask for it until `onClose` returns; what was asked once is remembered. */
  get remote(): Address {
    return this.#inside.remote
  }

  /** This side's address; to be asked for as `remote` is. */
  get local(): Address {
    return this.#inside.local
  }

  /**
   * Who is at the other end of a Unix socket, as the system vouches for it: the process as it was when it connected. Null for
   * TCP, and on the portable reactor, since Node does not tell. To be asked for as `remote` is.
   */
  get credentials(): PeerCredentials | null {
    return this.#inside.credentials
  }

  /**
   * The PROXY header that the connection began with; null without one. `remote` and `local` are the ends that it names, and
   * `proxy.peer` is the proxy.
   */
  get proxy(): ProxyHeader | null {
    return this.#inside.proxy
  }

  /** Bytes of the messages delivered so far. */
  get bytesRead(): number {
    return this.#inside.received
  }

  /** Bytes of the messages sent so far, whether or not they have left. */
  get bytesWritten(): number {
    return this.#inside.accepted
  }

  /** Bytes sent that the system has not taken yet. */
  get queued(): number {
    return this.#inside.queued
  }

  /** Whether messages may be sent: false after `end`, `halfClose`, `close`, `destroy` and from `onClose` on. */
  get isOpen(): boolean {
    return this.#inside.isOpen
  }

  /** Aborted when the connection has closed; hand it to work that is done for the peer. */
  get signal(): AbortSignal {
    return this.#inside.signal
  }

  /** The connection is open. No message comes before a returned promise has settled. */
  onOpen(): void | Promise<void> {}

  /**
   * The peer sent a message. What the codec lends is valid until the method returns. The next message waits for a
   * returned promise.
   */
  abstract onMessage(message: In): void | Promise<void>

  /** All messages of one read have been delivered; their replies leave together. */
  onBatchEnd(): void {}

  /** Output that had been above the high-water mark has fallen to the low one. */
  onDrain(): void {}

  /**
   * The peer ended its side; no message follows. When the method returns, what is queued is sent and the connection closes,
   * unless the server has `allowHalfOpen` and this side has not ended either.
   */
  onEnd(): void {}

  /** `wake` was called with `token`. */
  onWake(_token: unknown): void {}

  /**
   * A timeout has passed; see {@link Timeouts}. Return `'continue'` to go on: the time then counts anew. Otherwise the connection
   * closes, with what is queued sent if the peer takes it in time; after `write` it is destroyed.
   */
  onTimeout(_kind: TimeoutKind): void | 'continue' {}

  /**
   * Something went wrong; the connection closes next, with what is queued sent if the socket still allows. For a
   * DecodeError that is recoverable, return `'continue'` to go on with the next message.
   */
  onError(_error: Error): void | 'continue' {}

  /** The connection is closed; the last call. */
  onClose(_reason: CloseReason): void {}

  /**
   * Sends a message. It leaves with all others of this turn, in order.
   *
   * @returns false when more than the high-water mark is now queued: nothing is lost, but wait for `onDrain`. Above the
   * hard cap (`maxQueued`) the connection is destroyed.
   * @throws {@link ShinyError} `ERR_CLOSED` when `isOpen` is false, or what the codec throws for a message that it cannot
   * encode (`ERR_MESSAGE_TYPE` and its like); the connection lives on.
   */
  send(message: Out): boolean {
    // Not by #inside, which is asked of unfinished instances too: code that has seen instances of many shapes looks each up.
    const channel = this.#channel
    if (channel === null) throw new ShinyError('ERR_DETACHED')
    return channel.send(message)
  }

  /**
   * Sends `last` if it is given, and then closes as {@link Connection.close} does.
   *
   * @throws as {@link Connection.send}, when `last` is given.
   */
  end(...last: [] | [message: Out]): void {
    const channel = this.#inside
    if (last.length === 1) channel.send(last[0])
    channel.close()
  }

  /**
   * Closes when all that was sent has left. Messages that have not been delivered are dropped, also those of the same read. What
   * the peer still sends is discarded until it ends its side, for 2 seconds at most, so that it can read what was sent.
   */
  close(): void {
    this.#inside.close()
  }

  /**
   * Sends `last` if it is given and then ends this side alone: the peer sees the end of the stream, and its messages go on
   * being delivered until it ends its own side. Then the connection closes by itself. When the peer has ended already, it closes
   * as {@link Connection.close} does.
   *
   * @throws as {@link Connection.send}, when `last` is given.
   */
  halfClose(...last: [] | [message: Out]): void {
    const channel = this.#inside
    if (last.length === 1) channel.send(last[0])
    channel.halfClose()
  }

  /** Closes at once; what is queued is dropped. `error` is reported to `onError` and is the reason of `onClose`. */
  destroy(error?: Error): void {
    this.#inside.destroy(error ?? null)
  }

  /**
   * Closes at once as `destroy` does, and tells the peer by a reset that what it has received may not be all; it sees
   * `ERR_CONNECTION_RESET` or its like instead of the end of the stream. Unix sockets know no resets, and are destroyed.
   */
  reset(error?: Error): void {
    this.#inside.destroy(error ?? null, true)
  }

  /** Holds back messages, also those that are decoded already, and stops reading. */
  pause(): void {
    this.#inside.pause()
  }

  /** Undoes `pause`. */
  resume(): void {
    this.#inside.resume()
  }

  /**
   * Changes the protocol: from now on `codec` reads and writes, and a new `next`, attached to the same peer, handles its messages.
   * Messages that the old codec has made and that have not been delivered, also those of the same read, are not: their bytes
   * are left over. What the old codec keeps of bytes that it has consumed, as a stage may, cannot be: with `forward` the upgrade is refused
   * then, with `reject` the connection fails, with `drop` it is dropped. What was sent before leaves first, in the old encoding. `id`, `remote`, the counts, the limits and the signal
   * go on.
   *
   * The new handler's `onOpen` is called before this method returns. The old one is like a closed connection, but that no hook of
   * it, `onClose` included, is called again; what it held back by `pause` or by a promise is let go.
   *
   * @returns the new handler.
   * @throws {@link ShinyError} `ERR_CLOSED` when the connection closes or has been upgraded already, `ERR_LEFTOVER` as said above,
   * `ERR_OPTION`, and whatever the constructor throws; then nothing has changed.
   */
  upgrade<I, O, H extends Handler<NoInfer<I>, NoInfer<O>, unknown>>(
    codec: Codec<I, O>,
    next: H & NeedsApp<App, AppOf<H>>,
    options: UpgradeOptions = {}
  ): InstanceType<H> {
    const leftover = checkUpgrade(codec, next, options)
    const construct = () => new next() as unknown as AnyConnection
    const former = this as unknown as AnyConnection
    return this.#inside.upgrade(former, codec as Codec<unknown, unknown>, construct, leftover) as InstanceType<H>
  }

  /**
   * A handle with which other threads may wake the connection: post it to a worker and make a {@link Waker} of it there. It goes
   * on working when the connection is upgraded.
   */
  waker(): Waker {
    return this.#inside.waker()
  }

  /** Calls `onWake` with `token` in the next turn; does nothing when the connection is closing or closed. */
  wake(token?: unknown): void {
    this.#inside.wake(token)
  }

  /**
   * Changes the timeouts of this connection; what is left out stays as it is, 0 or null switches one off. Those that are given count
   * from now on.
   *
   * @throws {@link ShinyError} `ERR_OPTION` for what is no timeout.
   */
  setTimeouts(timeouts: Timeouts): void {
    this.#inside.setTimeouts(timeouts)
  }

  /**
   * Changes how much output this connection may have queued, and what it may be sent; what is left out stays as it is. What is
   * queued already is judged by the next `send`, and no message that has not been delivered is read by former limits of the codec.
   *
   * @throws {@link ShinyError} `ERR_OPTION` for what is no number of bytes, marks that do not fit together, or limits that the
   * codec does not have; then nothing has changed.
   */
  setLimits(limits: ConnectionLimits): void {
    this.#inside.setLimits(limits)
  }

  get #inside(): Channel {
    const channel = this.#channel
    if (channel === null) throw new ShinyError('ERR_DETACHED')
    return channel
  }
}
