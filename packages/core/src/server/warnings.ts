import type { AnyConnection } from '../connection/channel-host.js'
import { ShinyError } from '../errors/index.js'

const PERIOD = 1000
let last = Number.NEGATIVE_INFINITY
let suppressed = 0

/** Emits a process warning for an error that nobody listens for; at most one a second, so that a flood stays readable. */
export function warnAbout(error: Error, where: string): void {
  const now = performance.now()
  if (now - last < PERIOD) {
    suppressed++
    return
  }
  const more = suppressed === 0 ? '' : ` (and ${suppressed} more since the last warning)`
  last = now
  suppressed = 0
  const code = (error as { code?: unknown }).code
  process.emitWarning(`unhandled error ${where}: ${error.stack ?? error.message}${more}`, {
    type: 'ShinyWarning',
    ...(typeof code === 'string' ? { code } : {})
  })
}

/** Warns of an error that a handler made and nobody listens for. What peers do wrong is no news. */
export function warnUnhandled(error: Error, connection: AnyConnection): void {
  const own = !(error instanceof ShinyError) || error.origin === 'handler' || error.origin === 'encode'
  if (own) warnAbout(error, `in a handler of connection ${connection.id}`)
}
