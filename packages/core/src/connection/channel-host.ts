import type { Codec } from '../codec/index.js'
import type { CloseReason } from './close-reason.js'
import type { Connection } from './connection.js'
import type { Limits } from './limits.js'
import type { TimeoutsMs } from './timeouts.js'

/** What all connections of one server share. Made once, read on the hot path. */
export interface ChannelHost {
  readonly codec: Codec<unknown, unknown>
  readonly app: unknown
  /** How much output a connection may have queued, until it is given limits of its own. */
  readonly limits: Limits
  /** What sees to the output of all connections together; null where that has no cap. */
  readonly totals: { sent(length: number): void } | null
  /** How long a connection may take for what, until it is given timeouts of its own. */
  readonly timeouts: TimeoutsMs
  /** Whether any of them but `write` is on: that one counts only while output piles up. */
  readonly hasTimeouts: boolean
  /** Whether a connection above its high-water mark gets no messages until it has drained. */
  readonly holdWhenBlocked: boolean
  /** Whether a connection stays open for sending when its peer has ended its side. */
  readonly allowHalfOpen: boolean
  /** The connection is open; its `onOpen` has been called. */
  opened(connection: AnyConnection): void
  /** The connection never opened; `errno` names what the system said, or is null when this side gave up. No `closed` follows. */
  unopened(connection: AnyConnection, errno: string | null): void
  /** The connection goes on with the handler `next`; its `onOpen` comes next. */
  upgraded(next: AnyConnection, former: AnyConnection): void
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
