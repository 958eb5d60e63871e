import type { Address } from '../address/address.js'
import type { DropReason } from '../admission/drop-reason.js'
import type { AnyConnection } from '../connection/channel-host.js'

/** The events of a server, with the arguments of their listeners. */
export interface ServerEvents {
  /** The server listens; once for each address. */
  listening: (address: Address) => void
  /** A connection was accepted; its `onOpen` comes next. */
  connection: (connection: AnyConnection) => void
  /** A connection was upgraded: `next` handles it in place of `former`, with the same `id`; its `onOpen` comes next. */
  upgrade: (next: AnyConnection, former: AnyConnection) => void
  /** A peer was not served; `error` says what was wrong with its PROXY header, where that is the reason. */
  drop: (peer: Address, reason: DropReason, error: Error | null) => void
  /** A connection failed; its own `onError` has been called. */
  connectionError: (error: Error, connection: AnyConnection) => void
  /** The server failed to do something and goes on: an accept, a connection's constructor, `onTick`. */
  error: (error: Error) => void
  /** The server has stopped. */
  close: () => void
}

/** Emits in the middle of something that must be completed: a listener that throws is an uncaught exception, but later. */
export function unharmed(emit: () => void): void {
  try {
    emit()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
