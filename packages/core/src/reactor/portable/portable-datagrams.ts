import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram'
import { isIP, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Address } from '../../address/address.js'
import { type ByteWriter, type RawBuffer, rawBuffer } from '../../codec/index.js'
import { DATAGRAM_ARENA, DatagramWriter } from '../datagram-writer.js'
import * as D from '../datagrams.js'
import { addressError, groupError, listenError } from '../socket-errors.js'
import { PortablePeers } from './portable-peers.js'

/** How many datagrams wait for `start`. */
const EARLY = 64

/** What a UDP socket needs of its reactor. */
export interface DatagramOwner {
  /** Runs `work` as a turn. */
  turn(work: () => void): void
  /** Calls `flush` before the loop goes on. */
  toSend(socket: PortableDatagrams): void
  closed(socket: PortableDatagrams): void
}

interface Outgoing {
  readonly start: number
  readonly end: number
  readonly to: Address
}

/** A UDP socket on `node:dgram`. */
export class PortableDatagrams implements D.DatagramSocket {
  readonly address: Address
  readonly facts = new Float64Array(D.DATAGRAM_FACTS)
  readonly #socket: Socket
  readonly #owner: DatagramOwner
  readonly #spec: D.DatagramSpec
  readonly #arena = rawBuffer(DATAGRAM_ARENA)
  readonly #writer = new DatagramWriter(this.#arena, () => this.flush())
  readonly #peers = new PortablePeers(this)
  #receiver: D.DatagramReceiver | null = null
  /** What has arrived before there was a receiver. */
  readonly #early: [Buffer, RemoteInfo][] = []
  #outgoing: Outgoing[] = []
  #delivers = false
  #above = false
  #finishing = false
  #heard = false
  #reading = true
  #open = true

  private constructor(socket: Socket, spec: D.DatagramSpec, owner: DatagramOwner) {
    this.#socket = socket
    this.#spec = spec
    this.#owner = owner
    const { address, port } = socket.address()
    this.address = Address.ip(address, port)
    socket.on('message', (message, from) => this.#message(message, from))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(error.code ?? error.message, null))
  }

  /** Binds; rejects with a ShinyError. */
  static open(spec: D.DatagramSpec, owner: DatagramOwner): Promise<PortableDatagrams> {
    const { host, port, receiveBuffer, sendBuffer } = spec
    return new Promise((resolve, reject) => {
      const refused = (errno: string) => reject(listenError(errno, { path: undefined, host, port }))
      // Older versions of Node would bind without it and say nothing.
      if (spec.reusePort && !knowsReusePort()) return refused('ENOTSUP')
      const options: SocketOptions & { reusePort?: boolean } = {
        type: isIPv4(host) ? 'udp4' : 'udp6',
        ipv6Only: spec.ipv6Only,
        // Hosts are numeric, and a look-up would put the datagrams of a turn into another order.
        lookup: (host, _options, done) => done(null, host, 0)
      }
      if (spec.reusePort) options.reusePort = true
      if (receiveBuffer > 0) options.recvBufferSize = receiveBuffer
      if (sendBuffer > 0) options.sendBufferSize = sendBuffer
      const socket = createSocket(options)
      socket.once('error', (error: NodeJS.ErrnoException) => refused(error.code ?? error.message))
      socket.bind({ address: host, port, exclusive: true }, () => {
        socket.removeAllListeners('error')
        if (spec.broadcast) socket.setBroadcast(true)
        resolve(new PortableDatagrams(socket, spec, owner))
      })
    })
  }

  start(receiver: D.DatagramReceiver): void {
    this.#receiver = receiver
    setImmediate(() => {
      this.#delivers = true
      for (const [message, from] of this.#early.splice(0)) this.#message(message, from)
    })
  }

  begin(): ByteWriter {
    if (this.#outgoing.length === 0) {
      this.#writer.rewind()
      this.#owner.toSend(this)
    }
    this.#writer.begin()
    return this.#writer
  }

  send(to: Address): boolean {
    if ((to.family !== 'ipv4' && to.family !== 'ipv6') || isIP(to.host) === 0) {
      this.cancel()
      throw addressError(to)
    }
    this.#outgoing.push({ start: this.#writer.start, end: this.#writer.end, to })
    return (this.facts[D.QUEUED] as number) <= this.#spec.highWaterMark
  }

  cancel(): void {
    this.#writer.rollback()
  }

  /** Hands what was encoded to the system. */
  flush(): void {
    const outgoing = this.#outgoing
    this.#outgoing = []
    for (const { start, end, to } of outgoing) this.#send(Buffer.from(this.#arena.subarray(start, end)), to)
  }

  finish(): void {
    this.#finishing = true
    this.#finishWhenSilent()
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#socket.close()
    this.#owner.closed(this)
  }

  lost(): number | null {
    return null
  }

  changeGroup(group: string, networkInterface: string | undefined, join: boolean): void {
    const own = networkInterface === undefined ? undefined : interfaceAddress(networkInterface, isIPv4(group))
    try {
      if (join) this.#socket.addMembership(group, own)
      else this.#socket.dropMembership(group, own)
    } catch (error) {
      throw groupError((error as NodeJS.ErrnoException).code ?? 'EINVAL', group)
    }
  }

  ref(): void {
    this.#socket.ref()
  }

  unref(): void {
    this.#socket.unref()
  }

  #message(message: Buffer, info: RemoteInfo): void {
    const receiver = this.#receiver
    if (!this.#reading || !this.#open) return
    if (receiver === null || !this.#delivers) {
      if (this.#early.length < EARLY) this.#early.push([message, info])
      return
    }
    this.#heard = true
    add(this.facts, D.RECEIVED, 1)
    add(this.facts, D.RECEIVED_BYTES, message.length)
    this.#owner.turn(() => {
      const from = this.#peers.find(info)
      if (message.length > this.#spec.maxLength) {
        add(this.facts, D.TOO_LONG, 1)
        receiver.tooLong(from)
      } else receiver.received(message as RawBuffer, 0, message.length, from)
      if (this.#open) receiver.batchEnded()
    })
  }

  #send(bytes: Buffer, to: Address): void {
    const { facts } = this
    const weight = bytes.length + D.QUEUED_OVERHEAD
    const queued = (facts[D.QUEUED] as number) + weight
    if (!this.#open || (queued > this.#spec.maxQueued && queued > weight)) {
      add(facts, D.OVERFLOW, 1)
      return
    }
    facts[D.QUEUED] = queued
    if (queued > this.#spec.highWaterMark) this.#above = true
    const mapped = this.address.family === 'ipv6' && to.family === 'ipv4'
    try {
      this.#socket.send(bytes, to.port, mapped ? `::ffff:${to.host}` : to.host, (error) =>
        this.#sent(bytes.length, to, error as NodeJS.ErrnoException | null)
      )
    } catch {
      // Nothing can be sent to a peer that has sent from port 0.
      process.nextTick(() => this.#sent(bytes.length, to, { code: 'EINVAL' } as NodeJS.ErrnoException))
    }
  }

  #sent(length: number, to: Address, error: NodeJS.ErrnoException | null): void {
    const { facts } = this
    add(facts, D.QUEUED, -length - D.QUEUED_OVERHEAD)
    if (error === null) {
      add(facts, D.SENT, 1)
      add(facts, D.SENT_BYTES, length)
    } else {
      add(facts, D.UNSENT, 1)
      this.#fail(error.code ?? error.message, to)
    }
    const drained = this.#above && (facts[D.QUEUED] as number) <= this.#spec.lowWaterMark
    if (drained) this.#above = false
    if (drained && this.#open) this.#owner.turn(() => this.#receiver?.drained())
    if (this.#finishing && !this.#reading) this.#tellFinished()
  }

  #fail(errno: string, to: Address | null): void {
    if (this.#open && this.#receiver !== null) this.#owner.turn(() => this.#receiver?.failed(errno, to))
  }

  /** All that had arrived is read when a whole round of the loop brings nothing. */
  #finishWhenSilent(): void {
    this.#heard = false
    setImmediate(() => {
      setImmediate(() => {
        if (!this.#open) return
        if (this.#heard) return this.#finishWhenSilent()
        this.#reading = false
        this.#tellFinished()
      })
    })
  }

  #tellFinished(): void {
    if (!this.#open || this.facts[D.QUEUED] !== 0) return
    this.#finishing = false
    this.#owner.turn(() => this.#receiver?.finished())
  }
}

function add(facts: Float64Array, word: number, value: number): void {
  facts[word] = (facts[word] as number) + value
}

function knowsReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)
}

/** An interface in the form that Node takes: an address of its own for IPv4, a scope for IPv6. */
function interfaceAddress(name: string, ipv4: boolean): string {
  if (!ipv4) return `::%${name}`
  return networkInterfaces()[name]?.find((end) => end.family === 'IPv4')?.address ?? name
}
