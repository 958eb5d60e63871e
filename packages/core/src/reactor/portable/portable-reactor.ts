import { createConnection, type Socket } from 'node:net'
import type { Address } from '../../address/address.js'
import type { Channel } from '../../connection/channel.js'
import type { ChannelHost } from '../../connection/channel-host.js'
import type { Acceptor, ConnectSpec, Listener, ListenSpec, Reactor, ReactorInfo } from '../contract.js'
import type { DatagramSocket, DatagramSpec } from '../datagrams.js'
import { connectError } from '../socket-errors.js'
import { clientEnds, endsOf } from './addresses.js'
import { type DatagramOwner, PortableDatagrams } from './portable-datagrams.js'
import { PortableListener } from './portable-listener.js'
import type { PortableSocket } from './portable-socket.js'
import { StreamReactor } from './stream-reactor.js'
import { monotonic } from './vital-signs.js'

const MOST_CONNECTIONS = 65536

type Handle = PortableListener | PortableSocket | PortableDatagrams

let instance: PortableReactor | undefined

/** The portable reactor of this thread. */
export function portableReactor(): Reactor {
  instance ??= new PortableReactor()
  return instance
}

/** The contract of reactors on `node:net`, for wherever the native one cannot run. */
class PortableReactor extends StreamReactor implements Reactor, DatagramOwner {
  readonly info: ReactorInfo = { kind: 'portable', backend: 'node:net' }
  readonly #handles = new Set<Handle>()
  #toSend: PortableDatagrams[] = []
  #references = 0

  constructor() {
    super(MOST_CONNECTIONS)
  }

  async listen(spec: ListenSpec, acceptor: Acceptor): Promise<Listener> {
    const listener = await PortableListener.open(spec, {
      accepted: (socket, from) => this.turn(() => this.#accepted(socket, acceptor, from.address)),
      acceptFailed: (errno) => acceptor.acceptFailed(errno),
      closed: (closed) => this.#handles.delete(closed)
    })
    this.#watch(listener)
    return listener
  }

  connect(spec: ConnectSpec, host: ChannelHost, make: (slot: number) => Channel): Channel {
    const slot = this.sockets.take()
    if (slot === -1) throw connectError('EMFILE', spec)
    const { path } = spec
    const begin = () => {
      const place = path === undefined ? { host: spec.host, port: spec.port } : { path }
      return createConnection({ ...place, allowHalfOpen: true, noDelay: true })
    }
    const { socket, stream, channel } = this.began(slot, host, make, begin)
    stream.once('connect', () => {
      socket.ends = clientEnds(stream, path)
      this.turn(() => socket.open(channel))
    })
    return channel
  }

  async bindDatagrams(spec: DatagramSpec): Promise<DatagramSocket> {
    const socket = await PortableDatagrams.open(spec, this)
    this.#watch(socket)
    return socket
  }

  now(): number {
    return monotonic()
  }

  after(delay: number, call: () => void): () => void {
    const timer = setTimeout(call, delay).unref()
    return () => clearTimeout(timer)
  }

  soon(call: () => void): void {
    setImmediate(call)
  }

  ref(): void {
    if (this.#references++ === 0) for (const handle of this.#handles) handle.ref()
  }

  unref(): void {
    if (--this.#references === 0) for (const handle of this.#handles) handle.unref()
  }

  // ---- for the sockets

  toSend(socket: PortableDatagrams): void {
    this.#toSend.push(socket)
    this.scheduleFlush()
  }

  closed(socket: PortableDatagrams): void {
    this.#handles.delete(socket)
  }

  // ---- for what the kinds have in common

  protected override atOnce(call: () => void): void {
    process.nextTick(call)
  }

  protected override watch(socket: PortableSocket): void {
    this.#watch(socket)
  }

  protected override unwatch(socket: PortableSocket): void {
    this.#handles.delete(socket)
  }

  protected override flush(): void {
    this.flushOutput()
    for (const socket of this.#toSend.splice(0)) socket.flush()
    super.flush()
  }

  // ---- inside

  /** The ends are asked for now, because after the socket's end the system no longer tells. */
  #accepted(stream: Socket, acceptor: Acceptor, address: Address): void {
    this.accepted(stream, acceptor, endsOf(stream, address))
  }

  #watch(handle: Handle): void {
    this.#handles.add(handle)
    if (this.#references === 0) handle.unref()
  }
}
