import { Address } from '../../address/address.js'
import { ByteReader } from '../../codec/index.js'
import type { Channel } from '../../connection/channel.js'
import type { ChannelHost } from '../../connection/channel-host.js'
import { VITALS } from '../../time/vitals.js'
import type { Acceptor, Leftover, ReactorCounters } from '../contract.js'
import { OUTPUT_COUNT, OUTPUT_FIRST, OUTPUT_WORDS, type OutputDrain } from '../output-arena.js'
import type { Ends } from './addresses.js'
import { PortableOutput } from './portable-output.js'
import { PortableSocket } from './portable-socket.js'
import { SlotTable } from './slot-table.js'
import type { SocketOwner, StreamSocket } from './stream-socket.js'
import { TaskQueue } from './task-queue.js'

/**
 * What reactors over stream sockets of Node's kind have in common. An event of a socket, or a batch of tasks, is a turn: the
 * channels are called, and then all that they wrote is sent. Where the sockets come from, and what time it is, is the
 * business of the kinds.
 */
export abstract class StreamReactor implements SocketOwner, OutputDrain {
  readonly counters: ReactorCounters = { turns: 0 }
  readonly handover = null
  readonly reader = new ByteReader()
  readonly sent: Float64Array
  readonly vitals: Float64Array
  readonly output: PortableOutput
  protected readonly sockets: SlotTable<PortableSocket>
  readonly #tasks = new TaskQueue(
    (work) => this.turn(work),
    (run) => this.soon(run)
  )
  #toWrite: PortableSocket[] = []
  #inTurn = false
  #flushScheduled = false

  /** `limit`: how many connections there may be at a time. */
  constructor(limit: number) {
    this.sent = new Float64Array(limit)
    this.vitals = new Float64Array(limit * VITALS)
    this.output = new PortableOutput(this, this.sent, () => this.scheduleFlush())
    this.sockets = new SlotTable(limit)
  }

  abstract now(): number
  abstract after(delay: number, call: () => void): () => void
  /** Calls back when the loop has looked for input once more. */
  abstract soon(call: () => void): void
  /** Calls back before the loop goes on. */
  protected abstract atOnce(call: () => void): void
  /** The socket is in its slot. */
  protected abstract watch(socket: PortableSocket): void
  /** The socket is gone. */
  protected abstract unwatch(socket: PortableSocket): void

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

  destroy(channel: Channel, reset: boolean): void {
    this.#find(channel)?.destroy(reset)
  }

  drainInput(channel: Channel): void {
    this.#find(channel)?.drainInput()
  }

  wake(channel: Channel, token: unknown): void {
    this.#find(channel)?.wake(token)
  }

  remote(channel: Channel): Address {
    return this.sockets.get(channel.slot)?.ends.remote ?? Address.unknown
  }

  local(channel: Channel): Address {
    return this.sockets.get(channel.slot)?.ends.local ?? Address.unknown
  }

  /** Node does not tell. */
  credentials(): null {
    return null
  }

  // ---- for the sockets

  turn(work: () => void): void {
    this.counters.turns++
    this.#inTurn = true
    try {
      work()
    } finally {
      this.#inTurn = false
      this.flush()
    }
  }

  later(task: () => void): void {
    this.#tasks.push(task)
  }

  touch(socket: PortableSocket): void {
    if (socket.touched) return
    socket.touched = true
    this.#toWrite.push(socket)
    this.scheduleFlush()
  }

  gone(socket: PortableSocket): void {
    // Its records must not reach whoever gets the slot next.
    this.flushOutput()
    this.unwatch(socket)
    this.sockets.free(socket.slot)
  }

  // ---- for the arena

  flushOutput(): void {
    const { output } = this
    const { table } = output
    const end = OUTPUT_FIRST + (table[OUTPUT_COUNT] as number) * OUTPUT_WORDS
    for (let at = OUTPUT_FIRST; at < end; at += OUTPUT_WORDS) {
      const start = table[at + 1] as number
      const stop = table[at + 2] as number
      if (start < stop) this.sockets.get(table[at] as number)?.enqueue(output.copy(start, stop))
    }
    table[OUTPUT_COUNT] = 0
  }

  sendLarge(slot: number, bytes: Buffer, length: number): void {
    this.sockets.get(slot)?.enqueue(bytes.subarray(0, length))
  }

  // ---- for the kinds

  /** Serves a stream that has been accepted. */
  protected accepted(stream: StreamSocket, acceptor: Acceptor, ends: Ends): void {
    const slot = this.sockets.take()
    if (slot === -1) {
      stream.destroy()
      acceptor.acceptFailed('ERR_TOO_MANY_CONNECTIONS')
      return
    }
    const socket = new PortableSocket(this, stream, acceptor.host, slot, ends)
    this.sockets.set(slot, socket)
    this.watch(socket)
    const channel = acceptor.accept(slot)
    if (channel === null) socket.refuse()
    else socket.open(channel)
  }

  /** Serves a stream that this side begins, in a slot that has been taken; it is opened by whoever knows when. */
  protected began<S extends StreamSocket>(
    slot: number,
    host: ChannelHost,
    make: (slot: number) => Channel,
    begin: () => S
  ): { socket: PortableSocket; stream: S; channel: Channel } {
    const channel = this.#make(slot, make)
    const stream = begin()
    const socket = new PortableSocket(this, stream, host, slot, { remote: Address.unknown, local: Address.unknown })
    socket.channel = channel
    this.sockets.set(slot, socket)
    this.watch(socket)
    return { socket, stream, channel }
  }

  /** Outside a turn nobody flushes at its end. */
  protected scheduleFlush(): void {
    if (this.#inTurn || this.#flushScheduled) return
    this.#flushScheduled = true
    this.atOnce(() => {
      this.#flushScheduled = false
      this.flush()
    })
  }

  /** Sends all that has been written. */
  protected flush(): void {
    this.flushOutput()
    const sockets = this.#toWrite
    if (sockets.length === 0) return
    this.#toWrite = []
    for (const socket of sockets) {
      socket.touched = false
      socket.write()
    }
  }

  // ---- inside

  /** Makes a channel; when that throws, its slot is free again. */
  #make(slot: number, make: (slot: number) => Channel): Channel {
    try {
      return make(slot)
    } catch (error) {
      this.sockets.free(slot)
      throw error
    }
  }

  #find(channel: Channel): PortableSocket | undefined {
    const socket = this.sockets.get(channel.slot)
    if (socket !== undefined) socket.channel ??= channel
    return socket
  }
}
