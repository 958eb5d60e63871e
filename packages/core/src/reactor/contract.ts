import type { Address } from '../address/address.js'
import type { Channel } from '../connection/channel.js'
import type { ChannelHost } from '../connection/channel-host.js'
import type { PeerCredentials } from '../connection/credentials.js'
import type { DatagramSocket, DatagramSpec } from './datagrams.js'
import type { OutputArena } from './output-arena.js'

/** Which reactor serves. */
export interface ReactorInfo {
  /** `native`: the C++ reactor; `portable`: the same on `node:net`. */
  readonly kind: 'native' | 'portable'
  /** How the kernel is asked. */
  readonly backend: 'epoll' | 'kqueue' | 'node:net'
}

/** Where to listen, checked and with names looked up: a descriptor, a Unix path, or a numeric host with a port. */
export interface ListenSpec {
  readonly fd: number | undefined
  readonly path: string | undefined
  readonly host: string
  readonly port: number
  readonly backlog: number
  /** Of a Unix socket's file; undefined: what the umask leaves. */
  readonly mode: number | undefined
  readonly ipv6Only: boolean
  readonly reusePort: boolean
  readonly noDelay: boolean
  /** In seconds; 0 for none. */
  readonly keepAlive: number
}

/** Where to connect to, checked: either a Unix path or a numeric host with a port. */
export interface ConnectSpec {
  readonly path: string | undefined
  readonly host: string
  readonly port: number
}

/**
 * What becomes of bytes that a connection has received and not consumed when its protocol changes: the new codec gets them, they
 * are an error, or they are discarded.
 */
export type Leftover = 'forward' | 'reject' | 'drop'

/** A bound socket that accepts connections. */
export interface Listener {
  /** What it is really bound to. */
  readonly address: Address
  /** Stops accepting at once. Connections that were accepted live on. */
  close(): void
}

/** What a reactor asks of whoever listens. */
export interface Acceptor {
  /** What the connections of this listener have in common. */
  readonly host: ChannelHost
  /**
   * Makes the channel of a connection that has been accepted, with the slot that the reactor gave it; null refuses it.
   * Must not throw.
   */
  accept(slot: number): Channel | null
  /** The operating system refused to accept; the listener goes on. */
  acceptFailed(errno: string): void
}

/** Where connections come in that another thread's reactor has accepted. */
export interface Adopter {
  /** Takes a descriptor over: its acceptor is asked for a channel in the next turn. When that fails, the descriptor is closed. */
  adopt(fd: number): void
  /** Takes no more. Connections that came in live on. */
  close(): void
}

/** How connections go from one thread's reactor to another's. */
export interface Handover {
  /**
   * Gives away the descriptor of the connection that the acceptor is just asked about, which must then refuse it. -1 when
   * there is none any more.
   */
  detach(slot: number): number
  adopter(acceptor: Acceptor): Adopter
}

/** What a reactor counts. */
export interface ReactorCounters {
  /** Turns that have begun. */
  turns: number
}

/**
 * What a Server and its Channels need of whatever owns the sockets. One reactor serves a thread.
 *
 * Towards a channel a reactor keeps this order: `opened`, then any number of `deliverFrames`, `receive`, `drained` and
 * `woken`, then `peerEnded` until the channel takes it, then exactly one `closed`, and nothing after it. `drained` and `woken`
 * may also follow `peerEnded`. It calls none of them from
 * inside a method of this interface.
 */
export interface Reactor {
  readonly info: ReactorInfo
  readonly counters: Readonly<ReactorCounters>
  /** Where channels encode what they send. What is in it leaves before the loop next waits. */
  readonly output: OutputArena
  /** How each connection is doing; see time/vitals.ts. */
  readonly vitals: Float64Array
  /** The clock of the vitals: monotonic, in milliseconds, exact to a few of them. */
  now(): number
  /** Binds and listens; rejects with a ShinyError. */
  listen(spec: ListenSpec, acceptor: Acceptor): Promise<Listener>
  /**
   * Begins to connect and returns the channel that `make` made for the slot. Then comes `opened`, or `closed` when it
   * failed.
   *
   * @throws ShinyError when the system refuses at once.
   */
  connect(spec: ConnectSpec, host: ChannelHost, make: (slot: number) => Channel): Channel
  /** Binds a UDP socket, which receives nothing yet; rejects with a ShinyError. */
  bindDatagrams(spec: DatagramSpec): Promise<DatagramSocket>
  /** Null where a connection cannot leave its thread. */
  readonly handover: Handover | null
  /** Stops delivering to the channel and reading from its socket. */
  hold(channel: Channel): void
  /** Undoes `hold`: what was buffered is delivered in the next turn. */
  release(channel: Channel): void
  /** Sends what is queued, ends the stream, discards what the peer still sends for a bounded time, closes. */
  close(channel: Channel): void
  /** Sends what is queued and ends this side's stream; goes on delivering. */
  halfClose(channel: Channel): void
  /**
   * The channel's codec has changed: what is not consumed, and what comes, is framed anew. Until that is done the channel
   * has the bit SWITCHED and takes nothing; then the reactor calls its `switched` with the number of bytes that had been
   * received by now and not consumed. With `drop` these are discarded first.
   */
  reframe(channel: Channel, leftover: Leftover): void
  /** Changes the channel's water marks, in bytes. */
  setWater(channel: Channel, high: number, low: number): void
  /** Closes at once and drops what is queued; with `reset` the peer is told that it was no orderly end, where that can be told. */
  destroy(channel: Channel, reset: boolean): void
  /**
   * Delivers what has already arrived for the channel, then calls its `idle` once, in a turn to come: how a graceful
   * stop finds out that nothing received was left unanswered.
   */
  drainInput(channel: Channel): void
  /** Calls the channel's `woken` with `token` in the next turn. */
  wake(channel: Channel, token: unknown): void
  /** The peer's address. */
  remote(channel: Channel): Address
  /** This side's address. */
  local(channel: Channel): Address
  /** Who the peer of a Unix socket is; null on other sockets, and where the reactor cannot tell. */
  credentials(channel: Channel): PeerCredentials | null
  /** Keeps the process alive until as many `unref` calls. */
  ref(): void
  unref(): void
}
