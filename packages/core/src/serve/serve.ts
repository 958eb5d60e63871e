import { type ListenOptions, parseHostPort, type TcpNetwork } from '../address/address.js'
import type { CloseReason } from '../connection/close-reason.js'
import { Connection } from '../connection/connection.js'
import { ShinyError } from '../errors/index.js'
import { Server } from '../server/server.js'
import { chunks } from './chunk-codec.js'

/** What to send (null: nothing), and whether the connection stays open. */
export type ServeAnswer = readonly [send: Uint8Array | string | null, keepOpen: boolean]

/** Called with what a client sent, and with no bytes after a `wake`. */
export type ServeHandle<Ctx> = (id: number, data: Uint8Array, ctx: Ctx) => ServeAnswer
/** Called when a client connects. `wake` makes `handle` be called with no bytes, and does nothing once the client is gone. */
export type ServeAccept<Ctx> = (id: number, addr: string, wake: () => void, ctx: Ctx) => ServeAnswer
/** Called when a client is gone; `err` says what went wrong, if anything did. */
export type ServeClosed<Ctx> = (id: number, err: Error | null, ctx: Ctx) => void
/** Called 1 to 60 times a second, more often the more traffic there is, first at once; false stops the server. */
export type ServeTicker<Ctx> = (ctx: Ctx) => boolean

interface Callbacks<Ctx> {
  readonly handle: ServeHandle<Ctx> | null
  readonly accept: ServeAccept<Ctx> | null
  readonly closed: ServeClosed<Ctx> | null
  readonly ticker: ServeTicker<Ctx> | null
  readonly ctx: Ctx
}

const NO_BYTES = new Uint8Array(0)

/** Answers one client by the callbacks. */
class Client<Ctx> extends Connection<Uint8Array, Uint8Array | string, Callbacks<Ctx>> {
  override onOpen(): void {
    const { accept, ctx } = this.app
    if (accept !== null) this.#answer(accept(this.id, this.remote.toString(), () => this.wake(), ctx))
  }

  override onMessage(data: Uint8Array): void {
    const { handle, ctx } = this.app
    if (handle !== null) this.#answer(handle(this.id, data, ctx))
  }

  override onWake(): void {
    this.onMessage(NO_BYTES)
  }

  override onClose(reason: CloseReason): void {
    this.app.closed?.(this.id, reason.error, this.app.ctx)
  }

  #answer([send, keepOpen]: ServeAnswer): void {
    if (send !== null) this.send(send)
    if (!keepOpen) this.close()
  }
}

class CallbackServer<Ctx> extends Server<Uint8Array, Uint8Array | string, Callbacks<Ctx>> {
  constructor(app: Callbacks<Ctx>) {
    super({ codec: chunks, connection: Client<Ctx>, app })
  }

  protected override onTick(): void {
    if (this.app.ticker?.(this.app.ctx) === false) void this.stop()
  }
}

/**
 * Serves by four callbacks, all of which may be null; each is given `ctx`.
 *
 * @param net - `tcp`, `tcp4`, `tcp6` or `unix`.
 * @param addr - `:9999`, `127.0.0.1:9999`, `[::1]:9999`, or the path of a Unix socket.
 * @returns a promise that resolves when `ticker` has returned false and all clients are gone.
 * @throws {@link ShinyError} by rejection, with the codes of {@link Server.listen}.
 */
export async function serve<Ctx>(
  net: 'tcp' | 'tcp4' | 'tcp6' | 'unix',
  addr: string,
  handle: ServeHandle<Ctx> | null,
  accept: ServeAccept<Ctx> | null,
  closed: ServeClosed<Ctx> | null,
  ticker: ServeTicker<Ctx> | null,
  ctx: Ctx
): Promise<void> {
  const where = listenOptions(net, addr)
  const server = new CallbackServer<Ctx>({ handle, accept, closed, ticker, ctx })
  const stopped = new Promise<void>((resolve) => server.once('close', resolve))
  await server.listen(where)
  await stopped
}

function listenOptions(net: string, addr: string): ListenOptions {
  if (net === 'unix') return { path: addr }
  if (net !== 'tcp' && net !== 'tcp4' && net !== 'tcp6') {
    throw new ShinyError('ERR_OPTION', `option "net": expected tcp, tcp4, tcp6 or unix, got ${String(net)}`, {
      path: 'net'
    })
  }
  return parseHostPort(addr, net as TcpNetwork, (why) => {
    throw new ShinyError('ERR_ADDRESS', `"${addr}" is not an address to listen on: ${why}`, { address: addr })
  })
}
