import { Address } from '../../address/address.js'
import type { Channel } from '../../connection/channel.js'
import type { ChannelHost } from '../../connection/channel-host.js'
import { ShinyError } from '../../errors/index.js'
import type { Acceptor, ConnectSpec, Listener, ListenSpec, Reactor, ReactorInfo } from '../../reactor/contract.js'
import { StreamReactor } from '../../reactor/portable/stream-reactor.js'
import { connectError, listenError } from '../../reactor/socket-errors.js'
import { wheelIn } from '../../time/wheels.js'
import { MemoryStream } from './memory-stream.js'
import { RunQueue } from './run-queue.js'

const MOST_CONNECTIONS = 1024
const FIRST_PORT = 49_152
const HOST = '127.0.0.1'

/**
 * The contract of reactors in memory: no socket, no port, no time but its own. Nothing happens unless its loop is run; then all
 * happens in an order that depends on nothing else.
 */
export class MemoryReactor extends StreamReactor implements Reactor {
  readonly info: ReactorInfo = { kind: 'portable', backend: 'node:net' }
  readonly loop = new RunQueue()
  readonly #listeners = new Map<number, Acceptor>()
  readonly #portion: (length: number) => number
  readonly #window: number
  #nextPort = FIRST_PORT

  /** `portion`: how many of so many bytes travel together; `window`: how many may be under way. */
  constructor(portion: (length: number) => number = (length) => length, window: number = Number.POSITIVE_INFINITY) {
    super(MOST_CONNECTIONS)
    this.#portion = portion
    this.#window = window
    wheelIn(this)
  }

  async listen(spec: ListenSpec, acceptor: Acceptor): Promise<Listener> {
    return this.open(acceptor, spec.port)
  }

  /** Listens at once; 0 for any port. */
  open(acceptor: Acceptor, port = 0): Listener {
    const chosen = port === 0 ? this.#nextPort++ : port
    if (this.#listeners.has(chosen)) throw listenError('EADDRINUSE', { path: undefined, host: HOST, port: chosen })
    this.#listeners.set(chosen, acceptor)
    return { address: Address.ip(HOST, chosen), close: () => void this.#listeners.delete(chosen) }
  }

  connect(spec: ConnectSpec, host: ChannelHost, make: (slot: number) => Channel): Channel {
    const slot = this.sockets.take()
    if (slot === -1) throw connectError('EMFILE', spec)
    const local = Address.ip(HOST, this.#nextPort++)
    const remote = Address.ip(HOST, spec.port)
    const [near, far] = this.#streams()
    const { socket, channel } = this.began(slot, host, make, () => near)
    socket.ends = { local, remote }
    this.soon(() => {
      const acceptor = this.#listeners.get(spec.port)
      if (near.destroyed) return
      if (acceptor === undefined) near.fail('ECONNREFUSED')
      else {
        this.turn(() => this.accepted(far, acceptor, { local: remote, remote: local }))
        this.turn(() => socket.open(channel))
      }
    })
    return channel
  }

  /** Connects a stream that is driven by hand; null when the acceptor refuses it. */
  dial(acceptor: Acceptor): MemoryStream {
    const [near, far] = this.#streams()
    const ends = { local: Address.ip(HOST, FIRST_PORT - 1), remote: Address.ip(HOST, this.#nextPort++) }
    this.turn(() => this.accepted(far, acceptor, ends))
    return near
  }

  /** There are no datagrams in memory. */
  async bindDatagrams(): Promise<never> {
    throw new ShinyError('ERR_SOCKET', 'there are no datagrams in memory')
  }

  now(): number {
    return this.loop.now()
  }

  after(delay: number, call: () => void): () => void {
    return this.loop.after(delay, call)
  }

  soon(call: () => void): void {
    this.loop.soon(call)
  }

  ref(): void {}
  unref(): void {}

  protected override atOnce(call: () => void): void {
    this.loop.soon(call)
  }

  protected override watch(): void {}
  protected override unwatch(): void {}

  #streams(): [MemoryStream, MemoryStream] {
    const streams = MemoryStream.pair({ soon: (call) => this.loop.soon(call), portion: this.#portion })
    for (const stream of streams) stream.window = this.#window
    return streams
  }
}
