import { existsSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { Address } from '../../connection/address.js'
import type { Listener, ListenSpec } from '../contract.js'
import { listenError } from '../socket-errors.js'
import { boundTo } from './addresses.js'

/** What fits into a socket's address. Node would cut a longer path off and listen elsewhere. */
const LONGEST_PATH = { linux: 107, win32: Number.POSITIVE_INFINITY }[process.platform as string] ?? 103

/** What a listener needs of its reactor. */
export interface ListenerOwner {
  accepted(socket: Socket, listener: PortableListener): void
  acceptFailed(errno: string): void
  closed(listener: PortableListener): void
}

/** A listening socket. A Unix socket's file is removed when it closes. */
export class PortableListener implements Listener {
  readonly address: Address
  readonly #server: Server
  readonly #owner: ListenerOwner

  private constructor(server: Server, owner: ListenerOwner) {
    this.#server = server
    this.#owner = owner
    this.address = boundTo(server.address())
    server.on('connection', (socket) => owner.accepted(socket, this))
    server.on('error', (error: NodeJS.ErrnoException) => owner.acceptFailed(error.code ?? error.message))
  }

  /** Binds and listens; rejects with a ShinyError. */
  static open(spec: ListenSpec, owner: ListenerOwner): Promise<PortableListener> {
    const { path, host, port, backlog, ipv6Only } = spec
    return new Promise((resolve, reject) => {
      if (path !== undefined && Buffer.byteLength(path) > LONGEST_PATH) throw listenError('ENAMETOOLONG', spec)
      const server = createServer({ allowHalfOpen: true, noDelay: true })
      const refused = (error: NodeJS.ErrnoException) => reject(listenError(reason(error, path), spec))
      server.once('error', refused)
      server.once('listening', () => {
        server.off('error', refused)
        resolve(new PortableListener(server, owner))
      })
      server.listen(path === undefined ? { host, port, backlog, ipv6Only } : { path, backlog })
    })
  }

  close(): void {
    if (!this.#server.listening) return
    this.#server.close()
    this.#owner.closed(this)
  }

  ref(): void {
    this.#server.ref()
  }

  unref(): void {
    this.#server.unref()
  }
}

/** The name of an error; Node calls a folder that does not exist one that may not be used. */
function reason(error: NodeJS.ErrnoException, path: string | undefined): string {
  if (error.code === 'EACCES' && path !== undefined && !existsSync(dirname(path))) return 'ENOENT'
  return error.code ?? error.message
}
