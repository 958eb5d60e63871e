import type { ListenOptions } from '../address/address.js'
import { ShinyError } from '../errors/index.js'
import type { AnyServer } from '../observe/diagnostics.js'
import type { Adopter } from '../reactor/contract.js'
import { bind } from '../server/bind.js'
import { type Binder, listenWith } from '../server/server.js'
import {
  type Bound,
  type Orders,
  type PlainAddress,
  packAddress,
  packError,
  type ToMain,
  type ToWorker,
  unpackAddress
} from './protocol.js'

/**
 * The worker's side of a pool: builds the server, and does what the main thread says. The port to the main thread keeps the
 * thread alive; when the server has stopped, for whatever reason, the thread ends.
 */
export class Serving {
  readonly #orders: Orders
  readonly #server: AnyServer
  #adopter: Adopter | null = null
  #ending = false

  private constructor(orders: Orders, server: AnyServer) {
    this.#orders = orders
    this.#server = server
    server.on('close', () => this.#ended())
    orders.port.on('message', (message: ToWorker) => void this.#told(message))
    this.#tell({ kind: 'built', native: server.reactor.kind === 'native' })
  }

  static async start(orders: Orders, make: (index: number) => AnyServer | Promise<AnyServer>): Promise<void> {
    try {
      new Serving(orders, await make(orders.index))
    } catch (error) {
      orders.port.postMessage({ kind: 'failed', error: packError(error) } satisfies ToMain)
    }
  }

  async #told(message: ToWorker): Promise<void> {
    if (message.kind === 'connection') this.#take(message.fd)
    else if (message.kind === 'stats') this.#tell({ kind: 'stats', stats: this.#server.stats() })
    else if (message.kind === 'stop') this.#stop(message.timeout)
    else await this.#listen(message)
  }

  async #listen(message: Extract<ToWorker, { kind: 'listen' | 'adopt' }>): Promise<void> {
    const bound: Bound[] = []
    try {
      const binders = message.kind === 'listen' ? message.at.map(binding) : this.#adopting(message.addresses)
      await listenWith(this.#server, binders.map(noting))
      this.#tell({ kind: 'listening', bound })
    } catch (error) {
      this.#tell({ kind: 'failed', error: packError(error) })
    }

    function binding(options: ListenOptions): Binder {
      return (reactor, acceptor) => bind(options, reactor, acceptor)
    }

    function noting(binder: Binder): Binder {
      return async (reactor, acceptor) => {
        const listeners = await binder(reactor, acceptor)
        bound.push(listeners.map(({ address }) => packAddress(address)))
        return listeners
      }
    }
  }

  /** Listeners that have no sockets: the main thread has them. All connections come in by the first. */
  #adopting(addresses: readonly PlainAddress[]): Binder[] {
    return addresses.map(unpackAddress).map((address, index) => {
      return async (reactor, acceptor) => {
        if (index > 0) return [{ address, close: () => undefined }]
        if (reactor.handover === null) throw new ShinyError('ERR_REACTOR_UNAVAILABLE')
        const adopter = reactor.handover.adopter(acceptor)
        this.#adopter = adopter
        return [{ address, close: () => adopter.close() }]
      }
    })
  }

  /** From the count on the descriptor is this thread's, and no longer the main thread's to close. */
  #take(fd: number): void {
    Atomics.add(this.#orders.taken, 0, 1)
    this.#adopter?.adopt(fd)
  }

  /** What was handed over before is served: it arrives in the next turn, for which two phases of the loop are enough. */
  #stop(timeout: number): void {
    const server = this.#server
    setImmediate(() =>
      setImmediate(() => {
        server.stop({ timeout }).then(() => this.#ended())
      })
    )
  }

  /** Whoever waits for the server to stop may go on until the loop comes round. */
  #ended(): void {
    if (this.#ending) return
    this.#ending = true
    this.#tell({ kind: 'stopped', stats: this.#server.stats() })
    setImmediate(() => process.exit())
  }

  #tell(message: ToMain): void {
    this.#orders.port.postMessage(message)
  }
}
