import { bytes } from '@shiny/codecs'
import { type CloseReason, Connection, type ConnectTarget, connect, type ShinyError } from '@shiny/core'

/** Chunks as they arrive, lent: what is sent on at once need not be copied before. */
const chunks = bytes({ borrow: true })

/**
 * How both halves are served. Each end of a stream is passed on by itself, and each direction has its own backpressure: a client that does
 * not read its replies may go on sending.
 */
export const serving = { codec: chunks, allowHalfOpen: true, backpressure: 'manual' } as const

/** Where clients are connected to, and how. */
export interface Route {
  readonly upstream: ConnectTarget
  /** The version of the PROXY header by which the upstream is told who the client is; null sends none. */
  readonly proxyHeader: 1 | 2 | null
  /** How long connections may go on when the proxy stops, in milliseconds. */
  readonly drain: number
  /** Told in a line what went wrong. */
  report(line: string): void
}

/** One of the two connections of a relay: what its peer does, the other does to its own peer. */
abstract class Half<App> extends Connection<Uint8Array, Uint8Array, App> {
  /** Null before there is one, and when it is closed. */
  other: Client | Upstream | null = null

  /** At most one chunk is sent above the high-water mark: then nothing more is read until the other has drained. */
  override onMessage(chunk: Uint8Array): void {
    const { other } = this
    if (other?.isOpen && !other.send(chunk)) this.pause()
  }

  override onDrain(): void {
    this.other?.resume()
  }

  override onEnd(): void {
    this.other?.halfClose()
  }

  override onClose({ error }: CloseReason): void {
    const { other } = this
    this.other = null
    if (other === null) return
    other.other = null
    if (error === null) other.end()
    else other.reset()
  }
}

/** The half that a client has connected to. Nothing is read from it before it has another. */
export class Client extends Half<Route> {
  override async onOpen(): Promise<void> {
    const { upstream, proxyHeader } = this.app
    const header = proxyHeader && { version: proxyHeader, source: this.remote, destination: this.local }
    try {
      await connect({
        ...serving,
        ...upstream,
        ...(header && { proxyHeader: header }),
        connection: Upstream,
        app: this,
        signal: this.signal
      })
    } catch (error) {
      // Who has hung up need not be told of it.
      if ((error as ShinyError).code !== 'ERR_ABORTED') throw error
    }
  }

  override onError(error: Error): void {
    this.app.report(`${this.remote}: ${error.message}`)
  }
}

/** The half that is connected to the upstream on behalf of a client, which is its `app`. */
class Upstream extends Half<Client> {
  override onOpen(): void {
    this.other = this.app
    this.app.other = this
  }

  override onError(error: Error): void {
    this.app.app.report(`${this.app.remote}: upstream ${this.remote}: ${error.message}`)
  }
}
