import { bytes, line } from '@shiny/codecs'
import { type Address, Connection, type ListenOptions, Server, type StopOptions } from '@shiny/core'
import { perform } from './script.js'
import { type Place, type Serving, Tally, type Wishes } from './serving.js'

/** Counts its hooks. */
class Counted<T> extends Connection<T, T, Tally> {
  #closed = false

  override onOpen(): void {
    this.app.opened++
  }

  override onMessage(message: T): void {
    this.app.delivered++
    if (this.#closed) this.app.afterClose++
    this.answer(message)
  }

  answer(message: T): void {
    this.send(message)
  }

  override onDrain(): void {
    if (this.#closed) this.app.afterClose++
  }

  override onEnd(): void {
    if (this.#closed) this.app.afterClose++
  }

  override onError(): void {
    this.app.errors++
    if (this.#closed) this.app.afterClose++
  }

  override onClose(): void {
    if (this.#closed) this.app.afterClose++
    this.#closed = true
    this.app.closed++
  }
}

class Echo extends Counted<Uint8Array> {}

class Scripted extends Counted<string> {
  atEnd: (() => void) | null = null

  override answer(text: string): void {
    perform(this, text)
  }

  override onEnd(): void {
    super.onEnd()
    if (this.atEnd === null) this.end()
    else this.atEnd()
  }
}

/** A server, whatever its messages are. */
interface Started {
  readonly connections: { readonly size: number }
  readonly addresses: readonly Address[]
  listen(place: ListenOptions): Promise<void>
  stop(options: StopOptions): Promise<void>
}

/** Our server, on the reactor that `SHINY_REACTOR` names. */
export class ShinyServer implements Serving {
  readonly tally = new Tally()
  readonly #server: Started

  constructor({ serve, backpressure, maxQueued, idle, read }: Wishes) {
    const limits = { app: this.tally, backpressure, maxQueued, timeouts: { idle, read } }
    const server =
      serve === 'echo'
        ? new Server({ codec: bytes(), connection: Echo, ...limits })
        : new Server({ codec: line(), connection: Scripted, allowHalfOpen: true, ...limits })
    // The tally has the errors of connections; without a listener they would be warnings.
    server.on('connectionError', () => {})
    server.on('error', () => {})
    this.#server = server
  }

  get live(): number {
    return this.#server.connections.size
  }

  async listen(place: Place): Promise<number> {
    await this.#server.listen('path' in place ? place : { host: '127.0.0.1', ...place })
    return this.#server.addresses[0]?.port ?? 0
  }

  stop(timeout: number): Promise<void> {
    return this.#server.stop({ timeout })
  }
}
