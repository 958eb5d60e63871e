import { Address } from '../address/address.js'
import type { ByteWriter, RawBuffer } from '../codec/index.js'

/** Where to bind a UDP socket, with names looked up, and its limits, in bytes. */
export interface DatagramSpec {
  readonly host: string
  readonly port: number
  readonly ipv6Only: boolean
  readonly reusePort: boolean
  readonly broadcast: boolean
  /** The system's buffers; 0: as the system has them. */
  readonly receiveBuffer: number
  readonly sendBuffer: number
  /** The longest datagram that is received. */
  readonly maxLength: number
  readonly highWaterMark: number
  readonly lowWaterMark: number
  /** The most that is queued; what does not fit is dropped. */
  readonly maxQueued: number
}

/** What a reactor asks of whoever handles a socket's datagrams. None of it may throw. */
export interface DatagramReceiver {
  /** A datagram lies in `bytes` from `start` to `end`, which are lent. */
  received(bytes: RawBuffer, start: number, end: number, from: Address): void
  /** A datagram was longer than `maxLength` and is lost. */
  tooLong(from: Address): void
  /** All datagrams of this turn have been told. */
  batchEnded(): void
  /** A datagram could not be sent, or the network told that it did not arrive; null where the error is the socket's own. */
  failed(errno: string, to: Address | null): void
  /** The queue fell to the low-water mark after it was above the high one. */
  drained(): void
  /** After `finish`: all that had arrived was told, and the queue is empty. */
  finished(): void
  /** The socket fails for good. */
  broken(errno: string): void
}

/** A bound UDP socket. It calls its receiver from turns of the loop, never from inside one of these methods. */
export interface DatagramSocket {
  /** What it is really bound to. */
  readonly address: Address
  /** What has happened to its datagrams; the words are below. */
  readonly facts: Float64Array
  /** Begins to receive. What has arrived since the socket was bound comes first. */
  start(receiver: DatagramReceiver): void
  /** Where the next message is to be encoded, which `send` or `cancel` ends. */
  begin(): ByteWriter
  /**
   * Sends what has been encoded, with all others of this turn. False when more than the high-water mark is queued.
   *
   * @throws ShinyError ERR_ADDRESS, when the address is not one to send to; the message is cancelled.
   */
  send(to: Address): boolean
  cancel(): void
  /** Receives what has arrived and nothing more, then calls `finished` in a turn to come. */
  finish(): void
  /** Closes at once and drops what is queued. The receiver is not called any more. */
  close(): void
  /** How many datagrams the system has lost because the receive buffer was full; null where it does not tell. */
  lost(): number | null
  /**
   * Joins a multicast group, or leaves it.
   *
   * @throws ShinyError ERR_SOCKET
   */
  changeGroup(group: string, networkInterface: string | undefined, join: boolean): void
}

// The words of DatagramSocket.facts.
/** Datagrams received, those that were too long among them, and their bytes. */
export const RECEIVED = 0
export const RECEIVED_BYTES = 1
/** Datagrams that the system has taken, and their bytes. */
export const SENT = 2
export const SENT_BYTES = 3
export const TOO_LONG = 4
/** The system refused to send them. */
export const UNSENT = 5
/** Dropped because the queue was full. */
export const OVERFLOW = 6
/** In bytes, with QUEUED_OVERHEAD for each datagram. */
export const QUEUED = 7
export const DATAGRAM_FACTS = 8
export const QUEUED_OVERHEAD = 64

/** How many peers a socket remembers at most. */
export const REMEMBERED_PEERS = 4096

/** The address of somebody who has sent a datagram: to reply costs no parsing, and the reply leaves by the same socket. */
export class Peer extends Address {
  readonly socket: DatagramSocket

  constructor(family: Address['family'], host: string, port: number, socket: DatagramSocket) {
    super(family, host, port)
    this.socket = socket
  }
}
