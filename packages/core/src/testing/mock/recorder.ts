import type { Codec } from '../../codec/index.js'
import type { AnyConnection } from '../../connection/channel-host.js'
import type { CloseReason } from '../../connection/close-reason.js'
import { Connection } from '../../connection/connection.js'
import type { TimeoutKind } from '../../errors/index.js'
import { snapshot } from '../verify/snapshot.js'

/** What a handler was told, in order. */
export type ConnectionEvent<In = unknown> =
  | { readonly type: 'open' | 'batchEnd' | 'drain' | 'end' }
  | { readonly type: 'message'; readonly message: In }
  | { readonly type: 'timeout'; readonly kind: TimeoutKind }
  | { readonly type: 'wake'; readonly token: unknown }
  | { readonly type: 'error'; readonly error: Error }
  | { readonly type: 'close'; readonly reason: CloseReason }

const HOOKS = {
  onOpen: () => ({ type: 'open' }),
  onMessage: (message: unknown) => ({ type: 'message', message: snapshot(message) }),
  onBatchEnd: () => ({ type: 'batchEnd' }),
  onDrain: () => ({ type: 'drain' }),
  onEnd: () => ({ type: 'end' }),
  onTimeout: (kind: TimeoutKind) => ({ type: 'timeout', kind }),
  onWake: (token: unknown) => ({ type: 'wake', token }),
  onClose: (reason: CloseReason) => ({ type: 'close', reason })
} as const

type Hook = (this: AnyConnection, value: never) => unknown

/** Those that the framework calls whether or not a class overrides them. */
const ALWAYS: ReadonlySet<string> = new Set(['onOpen', 'onMessage', 'onWake', 'onClose'])

/** Notes what a handler is told. A hook that its class does not have stays as if it were not there. */
export function record(connection: AnyConnection, events: ConnectionEvent[]): void {
  for (const [name, event] of Object.entries(HOOKS)) {
    const hooks = connection as unknown as Record<string, Hook>
    const hook = hooks[name] as Hook
    if (!ALWAYS.has(name) && hook === (Connection.prototype as unknown as Record<string, Hook>)[name]) continue
    const value: Hook = function (given) {
      events.push(event(given) as ConnectionEvent)
      return hook.call(this, given)
    }
    Object.defineProperty(connection, name, { value, configurable: true, writable: true })
  }
}

/** The codec, which notes what it has encoded. */
export function noting(codec: Codec<unknown, unknown>, sent: unknown[]): Codec<unknown, unknown> {
  return {
    ...codec,
    encoder: () => {
      const inner = codec.encoder()
      return {
        encode: (message, dst) => {
          inner.encode(message, dst)
          sent.push(snapshot(message))
        },
        ...(inner.encodeError && { encodeError: inner.encodeError.bind(inner) })
      }
    }
  }
}
