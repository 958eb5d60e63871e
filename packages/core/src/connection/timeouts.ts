import { optionError, type TimeoutKind } from '../errors/index.js'

/** The longest timeout, in milliseconds: 24.8 days. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1

/** How long a connection may take for what; in milliseconds, 0 to 2³¹ − 1. 0 or null switches a timeout off. */
export interface Timeouts {
  /** No byte has arrived or left for so long. Time in which the connection is paused, or a handler's promise is pending, does not count. */
  readonly idle?: number | null | undefined
  /**
   * A message has begun to arrive and is not complete after so long, however many of its bytes come. Time in which the connection
   * holds back messages does not count.
   */
  readonly read?: number | null | undefined
  /**
   * Default 60,000. The system has taken nothing of the queued output for so long. Judged while more than the high-water mark is
   * queued, and when the connection is closing.
   */
  readonly write?: number | null | undefined
  /** No message has been delivered so long after the connection opened, or the timeout was set. */
  readonly handshake?: number | null | undefined
  /** The connection has been open for so long, or for so long since the timeout was set. */
  readonly lifetime?: number | null | undefined
}

/** Every timeout in milliseconds, 0 where it is off. */
export type TimeoutsMs = Readonly<Record<TimeoutKind, number>>

/** In the order in which they are judged. */
export const KINDS = ['lifetime', 'handshake', 'read', 'idle', 'write'] as const satisfies readonly TimeoutKind[]

/** What is in force where nothing is given. */
export const DEFAULT_TIMEOUTS: TimeoutsMs = { idle: 0, read: 0, write: 60_000, handshake: 0, lifetime: 0 }

/**
 * The timeouts with changes; what is left out stays as it is.
 *
 * @throws ShinyError `ERR_OPTION` for what is no timeout.
 */
export function changeTimeouts(timeouts: TimeoutsMs, changes: Timeouts, path = ''): TimeoutsMs {
  const changed: Record<TimeoutKind, number> = { ...timeouts }
  for (const [name, value] of Object.entries(changes) as [TimeoutKind, unknown][]) {
    if (!KINDS.includes(name)) throw optionError(path + name, 'there is no such option')
    if (value !== undefined) changed[name] = value === null ? 0 : milliseconds(path + name, value)
  }
  return changed
}

function milliseconds(path: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= LONGEST_TIMEOUT) return value
  throw optionError(path, `expected milliseconds, 0 to ${LONGEST_TIMEOUT}, or null, got ${String(value)}`)
}
