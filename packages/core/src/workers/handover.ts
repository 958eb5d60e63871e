import { closeSync } from 'node:fs'
import type { ListenOptions } from '../address/address.js'
import type { Codec } from '../codec/index.js'
import { Connection } from '../connection/connection.js'
import type { Acceptor, Handover, Listener, Reactor } from '../reactor/contract.js'
import { bind } from '../server/bind.js'
import { channelHost } from '../server/host.js'
import { checkServerOptions } from '../server/options.js'
import type { PoolWorker } from './worker.js'

/**
 * The main thread's part where connections are handed over: it listens, and gives each connection that it accepts to the
 * next of the workers that serve. While none serves, connections wait here.
 */
export class Giver {
  readonly #reactor: Reactor
  readonly #handover: Handover
  readonly #failed: (errno: string) => void
  readonly #takers: PoolWorker[] = []
  readonly #waiting: number[] = []
  #listeners: Listener[] = []
  #next = 0

  /** `failed` is told when the system refused to accept. */
  constructor(reactor: Reactor, handover: Handover, failed: (errno: string) => void) {
    this.#reactor = reactor
    this.#handover = handover
    this.#failed = failed
  }

  get addresses(): Listener['address'][] {
    return this.#listeners.map(({ address }) => address)
  }

  /** Listens at all of the addresses, or at none. */
  async listen(at: readonly ListenOptions[]): Promise<void> {
    const acceptor = this.#acceptor()
    try {
      for (const options of at) this.#listeners.push(...(await bind(options, this.#reactor, acceptor)))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Stops accepting, and closes the connections that nobody has. */
  close(): void {
    for (const listener of this.#listeners) listener.close()
    this.#listeners = []
    for (const fd of this.#waiting.splice(0)) closeSync(fd)
  }

  add(taker: PoolWorker): void {
    this.#takers.push(taker)
    for (const fd of this.#waiting.splice(0)) this.#give(fd)
  }

  /** A worker has ended: what it did not take over is given to others. */
  remove(taker: PoolWorker): void {
    const at = this.#takers.indexOf(taker)
    if (at !== -1) this.#takers.splice(at, 1)
    for (const fd of taker.leftBehind()) {
      if (this.#listeners.length === 0) closeSync(fd)
      else this.#give(fd)
    }
  }

  #give(fd: number): void {
    const taker = this.#takers[this.#next++ % this.#takers.length]
    if (taker === undefined) this.#waiting.push(fd)
    else taker.give(fd)
  }

  #acceptor(): Acceptor {
    return {
      host: unused(),
      accept: (slot) => {
        const fd = this.#handover.detach(slot)
        if (fd !== -1) this.#give(fd)
        return null
      },
      acceptFailed: this.#failed
    }
  }
}

/** No connection lives in this thread; a reactor wants to know all the same what they would have in common. */
function unused() {
  const nothing = () => undefined
  const codec: Codec<never> = {
    name: 'none',
    maxBuffered: 0,
    decoder: () => ({ decode: nothing as never }),
    encoder: () => ({ encode: nothing })
  }
  const options = checkServerOptions({ codec, connection: Connection })
  return channelHost(options, { opened: nothing, unopened: nothing, failed: nothing, closed: nothing })
}
