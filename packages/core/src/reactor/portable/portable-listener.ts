import { createServer, type ListenOptions as NodeListen, type Server, type Socket } from 'node:net'
import { Address } from '../../address/address.js'
import { ShinyError } from '../../errors/index.js'
import type { Listener, ListenSpec } from '../contract.js'
import { listenError } from '../socket-errors.js'
import { boundTo } from './addresses.js'
import { inspectDescriptor } from './descriptor.js'
import { isPadded } from './socket-tables.js'
import { UnixPath } from './unix-path.js'

const CANNOT_NAME =
  'option "path": this version of Node.js fills abstract names up with NUL bytes, so that others do not find them; the native reactor does not'

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
  readonly #file: UnixPath | null

  private constructor(server: Server, owner: ListenerOwner, address: Address, file: UnixPath | null) {
    this.#server = server
    this.#owner = owner
    this.#file = file
    this.address = address
    server.on('connection', (socket) => owner.accepted(socket, this))
    server.on('error', (error: NodeJS.ErrnoException) => owner.acceptFailed(error.code ?? error.message))
  }

  /** Binds and listens; rejects with a ShinyError. */
  static async open(spec: ListenSpec, owner: ListenerOwner): Promise<PortableListener> {
    const { fd, path, backlog, noDelay, keepAlive } = spec
    const found = fd === undefined ? Address.unknown : inspectDescriptor(fd)
    if (typeof found === 'string') throw listenError(found, spec)
    if (spec.reusePort && !sharesPorts()) throw listenError('ENOTSUP', spec)
    const server = createServer({
      allowHalfOpen: true,
      noDelay,
      keepAlive: keepAlive > 0,
      keepAliveInitialDelay: keepAlive * 1000
    })
    try {
      if (path !== undefined && hasFile(path)) {
        const file = await UnixPath.bind(path, spec.mode, (inner) => listen(server, { path: inner, backlog }))
        return new PortableListener(server, owner, new Address('unix', path, 0), file)
      }
      if (fd !== undefined) await listen(server, { fd })
      else await listen(server, path === undefined ? portOf(spec) : { path, backlog })
      if (path?.startsWith('\0') && isPadded(path)) throw new ShinyError('ERR_OPTION', CANNOT_NAME, { path: 'path' })
    } catch (error) {
      server.close()
      if (error instanceof ShinyError) throw error
      const { code, message } = error as NodeJS.ErrnoException
      throw listenError(code ?? message, spec)
    }
    return new PortableListener(server, owner, found.family === 'unix' ? found : boundTo(server.address()), null)
  }

  close(): void {
    if (!this.#server.listening) return
    // Before the socket closes: else a successor that finds a dead socket there could have replaced it by its own.
    this.#file?.remove()
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

function listen(server: Server, where: NodeListen & { readonly fd?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    server.listen(where)
  })
}

function portOf({ host, port, backlog, ipv6Only, reusePort }: ListenSpec): NodeListen {
  return { host, port, backlog, ipv6Only, ...(reusePort && { reusePort }) } as NodeListen
}

/** Neither has an abstract name of Linux, nor a pipe of Windows. */
function hasFile(path: string): boolean {
  return !path.startsWith('\0') && process.platform !== 'win32'
}

/** Whether Node can set SO_REUSEPORT; one that cannot does not say so. */
function sharesPorts(): boolean {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)
}
