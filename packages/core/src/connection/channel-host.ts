import type { Codec } from '../codec/index.js'
import type { CloseReason } from './close-reason.js'
import type { Connection } from './connection.js'

/** What all connections of one server share. Made once, read on the hot path. */
export interface ChannelHost {
  readonly codec: Codec<unknown, unknown>
  readonly app: unknown
  /** In bytes; above it `send` answers false. */
  readonly highWaterMark: number
  /** In bytes; at or below it `onDrain` is called. */
  readonly lowWaterMark: number
  /** In bytes; above it the connection is cut. */
  readonly maxQueued: number
  /** Whether a connection above its high-water mark gets no messages until it has drained. */
  readonly holdWhenBlocked: boolean
  /** The connection is open; its `onOpen` has been called. */
  opened(connection: AnyConnection): void
  /** The connection never opened; `errno` names what the system said, or is null when this side gave up. No `closed` follows. */
  unopened(connection: AnyConnection, errno: string | null): void
  /** An error of a connection, after its `onError`. */
  failed(connection: AnyConnection, error: Error, handled: boolean): void
  /** The connection is about to be gone: its `onClose` has been called. */
  closed(connection: AnyConnection, reason: CloseReason): void
  /** Messages delivered. */
  delivered: number
  /** Messages sent. */
  sent: number
}

/** A connection of whatever codec. */
export type AnyConnection = Connection<never, unknown, unknown>
