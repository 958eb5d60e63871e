import { createConnection, type Socket } from 'node:net'
import { ByteReader } from '../../codec/index.js'
import { Address } from '../../connection/address.js'
import type { Channel } from '../../connection/channel.js'
import type { ChannelHost } from '../../connection/channel-host.js'
import { VITALS } from '../../time/vitals.js'
import type {
  Acceptor,
  ConnectSpec,
  Leftover,
  Listener,
  ListenSpec,
  Reactor,
  ReactorCounters,
  ReactorInfo
} from '../contract.js'
import type { DatagramSocket, DatagramSpec } from '../datagrams.js'
import { OUTPUT_COUNT, OUTPUT_FIRST, OUTPUT_WORDS, type OutputDrain } from '../output-arena.js'
import { connectError } from '../socket-errors.js'
import { clientEnds, endsOf } from './addresses.js'
import { type DatagramOwner, PortableDatagrams } from './portable-datagrams.js'
import { PortableListener } from './portable-listener.js'
import { PortableOutput } from './portable-output.js'
import { PortableSocket, type SocketOwner } from './portable-socket.js'
import { SlotTable } from './slot-table.js'
import { TaskQueue } from './task-queue.js'
import { monotonic } from './vital-signs.js'

const MOST_CONNECTIONS = 65536

type Handle = PortableListener | PortableSocket | PortableDatagrams

let instance: PortableReactor | undefined

/** The portable reactor of this thread. */
export function portableReactor(): Reactor {
  instance ??= new PortableReactor()
  return instance
}

/**
 * The contract of reactors on `node:net`, for wherever the native one cannot run. An event of a socket, or a batch of
 * tasks, is a turn: the channels are called, and then all that they wrote is sent.
 */
class PortableReactor implements Reactor, SocketOwner, DatagramOwner, OutputDrain {
  readonly info: ReactorInfo = { kind: 'portable', backend: 'node:net' }
  readonly counters: ReactorCounters = { turns: 0 }
  readonly handover = null
  readonly reader = new ByteReader()
  readonly sent = new Float64Array(MOST_CONNECTIONS)
  readonly vitals = new Float64Array(MOST_CONNECTIONS * VITALS)
  readonly output = new PortableOutput(this, this.sent, () => this.#scheduleFlush())
  readonly #sockets = new SlotTable<PortableSocket>(MOST_CONNECTIONS)
  readonly #handles = new Set<Handle>()
  readonly #tasks = new TaskQueue((work) => this.turn(work))
  #toWrite: PortableSocket[] = []
  #toSend: PortableDatagrams[] = []
  #references = 0
  #inTurn = false
  #flushScheduled = false

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
    const slot = this.#sockets.take()
    if (slot === -1) throw connectError('EMFILE', spec)
    const { path } = spec
    const channel = this.#make(slot, make)
    const netSocket = createConnection({
      ...(path === undefined ? { host: spec.host, port: spec.port } : { path }),
      allowHalfOpen: true,
      noDelay: true
    })
    const socket = new PortableSocket(this, netSocket, host, slot, { remote: Address.unknown, local: Address.unknown })
    socket.channel = channel
    this.#sockets.set(slot, socket)
    this.#watch(socket)
    netSocket.once('connect', () => {
      socket.ends = clientEnds(netSocket, path)
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

  hold(channel: Channel): void {
    this.#find(channel)?.hold()
  }

  release(channel: Channel): void {
    this.#find(channel)?.release()
  }

  close(channel: Channel): void {
    this.#find(channel)?.close()
  }

  halfClose(channel: Channel): void {
    this.#find(channel)?.halfClose()
  }

  reframe(channel: Channel, leftover: Leftover): void {
    this.#find(channel)?.reframe(leftover)
  }

  setWater(channel: Channel, high: number, low: number): void {
    this.#find(channel)?.setWater(high, low)
  }

  destroy(channel: Channel): void {
    this.#find(channel)?.destroy()
  }

  drainInput(channel: Channel): void {
    this.#find(channel)?.drainInput()
  }

  wake(channel: Channel, token: unknown): void {
    this.#find(channel)?.wake(token)
  }

  remote(channel: Channel): Address {
    return this.#sockets.get(channel.slot)?.ends.remote ?? Address.unknown
  }

  local(channel: Channel): Address {
    return this.#sockets.get(channel.slot)?.ends.local ?? Address.unknown
  }

  /** Node does not tell. */
  credentials(): null {
    return null
  }

  ref(): void {
    if (this.#references++ === 0) for (const handle of this.#handles) handle.ref()
  }

  unref(): void {
    if (--this.#references === 0) for (const handle of this.#handles) handle.unref()
  }

  // ---- for the sockets

  turn(work: () => void): void {
    this.counters.turns++
    this.#inTurn = true
    try {
      work()
    } finally {
      this.#inTurn = false
      this.#flush()
    }
  }

  later(task: () => void): void {
    this.#tasks.push(task)
  }

  touch(socket: PortableSocket): void {
    if (socket.touched) return
    socket.touched = true
    this.#toWrite.push(socket)
    this.#scheduleFlush()
  }

  toSend(socket: PortableDatagrams): void {
    this.#toSend.push(socket)
    this.#scheduleFlush()
  }

  closed(socket: PortableDatagrams): void {
    this.#handles.delete(socket)
  }

  gone(socket: PortableSocket): void {
    // Its records must not reach whoever gets the slot next.
    this.flushOutput()
    this.#handles.delete(socket)
    this.#sockets.free(socket.slot)
  }

  // ---- for the arena

  flushOutput(): void {
    const { output } = this
    const { table } = output
    const end = OUTPUT_FIRST + (table[OUTPUT_COUNT] as number) * OUTPUT_WORDS
    for (let at = OUTPUT_FIRST; at < end; at += OUTPUT_WORDS) {
      const start = table[at + 1] as number
      const stop = table[at + 2] as number
      if (start < stop) this.#sockets.get(table[at] as number)?.enqueue(output.copy(start, stop))
    }
    table[OUTPUT_COUNT] = 0
  }

  sendLarge(slot: number, bytes: Buffer, length: number): void {
    this.#sockets.get(slot)?.enqueue(bytes.subarray(0, length))
  }

  // ---- inside

  #accepted(netSocket: Socket, acceptor: Acceptor, address: Address): void {
    const slot = this.#sockets.take()
    if (slot === -1) {
      netSocket.destroy()
      acceptor.acceptFailed('ERR_TOO_MANY_CONNECTIONS')
      return
    }
    // Asked for now, because after the socket's end the system no longer tells.
    const ends = endsOf(netSocket, address)
    const socket = new PortableSocket(this, netSocket, acceptor.host, slot, ends)
    this.#sockets.set(slot, socket)
    this.#watch(socket)
    const channel = acceptor.accept(slot)
    if (channel === null) socket.refuse()
    else socket.open(channel)
  }

  /** Makes a channel; when that throws, its slot is free again. */
  #make(slot: number, make: (slot: number) => Channel): Channel {
    try {
      return make(slot)
    } catch (error) {
      this.#sockets.free(slot)
      throw error
    }
  }

  #find(channel: Channel): PortableSocket | undefined {
    const socket = this.#sockets.get(channel.slot)
    if (socket !== undefined) socket.channel ??= channel
    return socket
  }

  #watch(handle: Handle): void {
    this.#handles.add(handle)
    if (this.#references === 0) handle.unref()
  }

  /** Outside a turn nobody flushes at its end: a tick does, before the loop goes on. */
  #scheduleFlush(): void {
    if (this.#inTurn || this.#flushScheduled) return
    this.#flushScheduled = true
    process.nextTick(() => {
      this.#flushScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    this.flushOutput()
    for (const socket of this.#toSend.splice(0)) socket.flush()
    const sockets = this.#toWrite
    if (sockets.length === 0) return
    this.#toWrite = []
    for (const socket of sockets) {
      socket.touched = false
      socket.write()
    }
  }
}
