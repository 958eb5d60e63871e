import { connect, type Socket } from 'node:net'

/** Where to connect to; a port is one of 127.0.0.1 unless there is a host. */
export type At =
  | { readonly port: number; readonly host?: string; readonly localAddress?: string }
  | { readonly path: string }

/** A plain client of a subject. It keeps ends apart: its own end does not follow the server's. */
export class Client {
  readonly socket: Socket
  /** What has come, when it is kept. */
  received = ''
  receivedBytes = 0
  /** Whether the server has ended its side. */
  ended = false
  closed = false
  error: string | null = null
  readonly #isUnix: boolean
  #watchers: (() => void)[] = []

  /** @param keep whether to keep what comes; otherwise it is only counted. */
  constructor(at: At, keep = true) {
    const socket =
      'path' in at
        ? connect({ path: at.path, allowHalfOpen: true })
        : connect({
            port: at.port,
            host: at.host ?? '127.0.0.1',
            noDelay: true,
            allowHalfOpen: true,
            ...(at.localAddress === undefined ? {} : { localAddress: at.localAddress })
          })
    this.socket = socket
    this.#isUnix = 'path' in at
    socket.on('data', (chunk) => {
      this.receivedBytes += chunk.length
      if (keep) this.received += chunk.toString('latin1')
      this.#tell()
    })
    socket.on('end', () => {
      this.ended = true
      this.#tell()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? error.message
    })
    socket.on('close', () => {
      this.closed = true
      this.#tell()
    })
    socket.on('connect', () => this.#tell())
  }

  /** Connects, or fails; then reads unless told otherwise. */
  static async open(at: At, { reading = true, keep = true } = {}): Promise<Client> {
    const client = new Client(at, keep)
    if (!reading) client.socket.pause()
    await client.until(() => !client.socket.connecting)
    if (client.error !== null) throw new Error(`a client cannot connect: ${client.error}`)
    return client
  }

  /** Waits until something is true, which is looked at whenever something happens; false when it is not in time. */
  async until(isTrue: () => boolean, seconds = 10): Promise<boolean> {
    const deadline = performance.now() + seconds * 1000
    while (!isTrue()) {
      const left = deadline - performance.now()
      if (left <= 0 || this.closed) return isTrue()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#watchers.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    return true
  }

  /** Sends a line and waits for a line; null when none comes. */
  async ask(line: string, seconds = 10): Promise<string | null> {
    this.received = ''
    this.socket.write(`${line}\n`)
    await this.until(() => this.ended || this.received.includes('\n'), seconds)
    const end = this.received.indexOf('\n')
    return end === -1 ? null : this.received.slice(0, end)
  }

  /** Waits until the server has ended its side, or the connection is gone. */
  untilEnd(seconds = 10): Promise<boolean> {
    return this.until(() => this.ended || this.closed, seconds)
  }

  end(): void {
    this.socket.end()
  }

  /** Resets the connection; a Unix socket is closed, as it has no resets. */
  reset(): void {
    if (this.#isUnix) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  destroy(): void {
    this.socket.destroy()
  }

  #tell(): void {
    for (const watcher of this.#watchers.splice(0)) watcher()
  }
}

/** Opens clients, some at a time, so that the backlog is not the limit. */
export async function openClients(
  count: number,
  at: At,
  options: { reading?: boolean; keep?: boolean } = {}
): Promise<Client[]> {
  const clients: Client[] = []
  while (clients.length < count) {
    const size = Math.min(200, count - clients.length)
    clients.push(...(await Promise.all(Array.from({ length: size }, () => Client.open(at, options)))))
  }
  return clients
}
