import type { AnyConnection } from './channel-host.js'
import { Connection } from './connection.js'

/** Which optional hooks a handler has; the others are not called. */
export const ON_BATCH_END = 1 << 0
export const ON_DRAIN = 1 << 1
export const ON_END = 1 << 2
export const ON_ERROR = 1 << 3
export const ON_TIMEOUT = 1 << 4

/** Finds the hooks of a handler, be they methods of its class or fields of its own. */
export function hooksOf(connection: AnyConnection): number {
  const base = Connection.prototype
  let hooks = 0
  if (connection.onBatchEnd !== base.onBatchEnd) hooks |= ON_BATCH_END
  if (connection.onDrain !== base.onDrain) hooks |= ON_DRAIN
  if (connection.onEnd !== base.onEnd) hooks |= ON_END
  if (connection.onError !== base.onError) hooks |= ON_ERROR
  if (connection.onTimeout !== base.onTimeout) hooks |= ON_TIMEOUT
  return hooks
}
