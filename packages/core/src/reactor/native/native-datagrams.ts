import type { NativeDatagrams as Binding } from '@shiny/native'
import { Address } from '../../address/address.js'
import type { ByteWriter } from '../../codec/index.js'
import { DatagramWriter } from '../datagram-writer.js'
import { type DatagramReceiver, type DatagramSocket, type DatagramSpec, QUEUED } from '../datagrams.js'
import { addressError, groupError, listenError } from '../socket-errors.js'
import * as D from './datagram-layout.js'
import { errorName } from './errno.js'
import { NativePeer, NativePeers } from './native-peers.js'

/** A UDP socket of the native reactor: what it receives and sends goes through the memory that both share. */
export class NativeDatagrams implements DatagramSocket {
  readonly address: Address
  readonly facts: Float64Array
  readonly #memory: D.DatagramMemory
  readonly #writer: DatagramWriter
  readonly #native: Binding
  readonly #sockets: (NativeDatagrams | undefined)[]
  readonly #index: number
  readonly #highWaterMark: number
  readonly #peers = new NativePeers(this)
  /** What addresses of the user's own making are in words. */
  readonly #parsed = new WeakMap<Address, NativePeer>()
  #receiver: DatagramReceiver | null = null
  #open = true

  /**
   * Binds. `sockets` holds the sockets by index, for the dispatcher and so that their memory stays.
   *
   * @throws ShinyError
   */
  constructor(spec: DatagramSpec, native: Binding, sockets: (NativeDatagrams | undefined)[]) {
    const memory = new D.DatagramMemory(spec.maxLength)
    const index = native.bindDatagrams(spec, memory)
    if (typeof index === 'string') throw listenError(index, { ...spec, path: undefined })
    sockets[index] = this
    this.#index = index
    this.#memory = memory
    this.#native = native
    this.#sockets = sockets
    this.#highWaterMark = spec.highWaterMark
    this.#writer = new DatagramWriter(memory.output, () => native.flushDatagrams(index))
    this.facts = memory.facts
    const [family, host, port] = native.datagramAddress(index)
    this.address = new Address(family, host, port)
  }

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver
    this.#native.startDatagrams(this.#index)
  }

  begin(): ByteWriter {
    const { outgoing } = this.#memory
    if (outgoing[D.OUTGOING_COUNT] === D.OUTGOING) this.#native.flushDatagrams(this.#index)
    if (outgoing[D.OUTGOING_COUNT] === 0) this.#writer.rewind()
    this.#writer.begin()
    return this.#writer
  }

  send(to: Address): boolean {
    const { outgoing } = this.#memory
    const peer = to instanceof NativePeer ? to : this.#parse(to)
    const count = outgoing[D.OUTGOING_COUNT] as number
    const at = D.OUTGOING_FIRST + count * D.OUTGOING_WORDS
    outgoing[at] = this.#writer.start
    outgoing[at + 1] = this.#writer.end
    peer.write(outgoing, at + 2)
    outgoing[D.OUTGOING_COUNT] = count + 1
    return (this.facts[QUEUED] as number) <= this.#highWaterMark
  }

  cancel(): void {
    this.#writer.rollback()
  }

  finish(): void {
    if (this.#open) this.#native.finishDatagrams(this.#index)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#native.closeDatagrams(this.#index)
    this.#sockets[this.#index] = undefined
  }

  lost(): number | null {
    const lost = this.#open ? this.#native.lostDatagrams(this.#index) : -1
    return lost === -1 ? null : lost
  }

  changeGroup(group: string, networkInterface: string | undefined, join: boolean): void {
    const errno = this.#native.changeGroup(this.#index, group, networkInterface ?? '', join)
    if (errno !== undefined) throw groupError(errno, group)
  }

  /** Handles the record of a turn; called by the dispatcher. */
  told(records: Int32Array, at: number): void {
    const flags = records[at + D.RECORD_FLAGS] as number
    const failures = records[at + D.RECORD_FAILURES] as number
    const received = records[at + D.RECORD_RECEIVED] as number
    const receiver = this.#receiver as DatagramReceiver
    if (failures > 0) this.#tellFailures(receiver, failures)
    if (received > 0) this.#deliver(receiver, received)
    if ((flags & D.DRAINED) !== 0 && this.#open) receiver.drained()
    if ((flags & D.FINISHED) !== 0 && this.#open) receiver.finished()
    if ((flags & D.BROKEN) !== 0 && this.#open) receiver.broken(errorName(records[at + D.RECORD_ERRNO] as number))
  }

  #deliver(receiver: DatagramReceiver, count: number): void {
    const { received, input, stride } = this.#memory
    for (let i = 0; i < count && this.#open; i++) {
      const entry = i * D.RECEIVED_WORDS
      const length = received[entry] as number
      const from = this.#peers.find(received, entry + 1)
      if (length === -1) receiver.tooLong(from)
      else receiver.received(input, i * stride, i * stride + length, from)
    }
    if (this.#open) receiver.batchEnded()
  }

  /** Copies the table first, because what the receiver sends may fail too. */
  #tellFailures(receiver: DatagramReceiver, count: number): void {
    const failures = this.#memory.failures.slice(0, count * D.FAILURE_WORDS)
    for (let at = 0; at < failures.length && this.#open; at += D.FAILURE_WORDS) {
      const known = failures[at + 1 + D.FAMILY] !== 0
      receiver.failed(errorName(failures[at] as number), known ? this.#peers.find(failures, at + 1) : null)
    }
  }

  #parse(to: Address): NativePeer {
    const known = this.#parsed.get(to)
    if (known !== undefined) return known
    const { outgoing } = this.#memory
    const { family, host, port } = to
    if ((family !== 'ipv4' && family !== 'ipv6') || !this.#native.parseAddress(host, port, outgoing)) {
      this.cancel()
      throw addressError(to)
    }
    const peer = this.#peers.find(outgoing, D.PARSED)
    this.#parsed.set(to, peer)
    return peer
  }
}
