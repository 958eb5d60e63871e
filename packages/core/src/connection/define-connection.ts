import type { Codec } from '../codec/index.js'
import type { TimeoutKind } from '../errors/index.js'
import type { CloseReason } from './close-reason.js'
import { Connection } from './connection.js'

/** The hooks of a {@link Connection} as functions that are given the connection last. Only `onMessage` must be there. */
export interface ConnectionHooks<In, Out, App> {
  /** See {@link Connection.onOpen}. */
  onOpen?(connection: Connection<In, Out, App>): void | Promise<void>
  /** See {@link Connection.onMessage}. */
  onMessage(message: In, connection: Connection<In, Out, App>): void | Promise<void>
  /** See {@link Connection.onBatchEnd}. */
  onBatchEnd?(connection: Connection<In, Out, App>): void
  /** See {@link Connection.onDrain}. */
  onDrain?(connection: Connection<In, Out, App>): void
  /** See {@link Connection.onEnd}. */
  onEnd?(connection: Connection<In, Out, App>): void
  /** See {@link Connection.onWake}. */
  onWake?(token: unknown, connection: Connection<In, Out, App>): void
  /** See {@link Connection.onTimeout}. */
  onTimeout?(kind: TimeoutKind, connection: Connection<In, Out, App>): void | 'continue'
  /** See {@link Connection.onError}. */
  onError?(error: Error, connection: Connection<In, Out, App>): void | 'continue'
  /** See {@link Connection.onClose}. */
  onClose?(reason: CloseReason, connection: Connection<In, Out, App>): void
}

/**
 * Makes a connection class of an object of hooks. The codec gives the types, so that no parameter needs an annotation;
 * the class fits a server with this codec, or with another of the same types.
 *
 * @example
 * ```ts
 * import { defineConnection, Server } from '@shiny/core'
 * import { line } from '@shiny/codecs'
 *
 * const codec = line()
 * const Echo = defineConnection(codec, {
 *   onMessage(text, connection) {
 *     connection.send(text)
 *   }
 * })
 * const server = new Server({ codec, connection: Echo })
 * ```
 */
export function defineConnection<In, Out, App = unknown>(
  _codec: Codec<In, Out>,
  hooks: ConnectionHooks<NoInfer<In>, NoInfer<Out>, App>
): new () => Connection<In, Out, App> {
  class Defined extends Connection<In, Out, App> {
    override onMessage(message: In): void | Promise<void> {
      return hooks.onMessage(message, this)
    }
  }
  // A hook that is not there must not be overridden: a connection pays only for those that it has.
  const { prototype } = Defined
  if (hooks.onOpen) {
    prototype.onOpen = function () {
      return hooks.onOpen?.(this)
    }
  }
  for (const name of ['onBatchEnd', 'onDrain', 'onEnd'] as const) {
    if (!hooks[name]) continue
    prototype[name] = function () {
      hooks[name]?.(this)
    }
  }
  if (hooks.onWake) {
    prototype.onWake = function (token) {
      hooks.onWake?.(token, this)
    }
  }
  if (hooks.onTimeout) {
    prototype.onTimeout = function (kind) {
      return hooks.onTimeout?.(kind, this)
    }
  }
  if (hooks.onError) {
    prototype.onError = function (error) {
      return hooks.onError?.(error, this)
    }
  }
  if (hooks.onClose) {
    prototype.onClose = function (reason) {
      hooks.onClose?.(reason, this)
    }
  }
  return Defined
}
