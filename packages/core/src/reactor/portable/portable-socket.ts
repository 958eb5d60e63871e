import type { Channel } from '../../connection/channel.js'
import type { ChannelHost } from '../../connection/channel-host.js'
import { HELD, PEER_ENDED, UNSENDABLE } from '../../connection/state.js'
import type { Leftover } from '../contract.js'
import type { Ends } from './addresses.js'
import { InputBuffer } from './input-buffer.js'
import { Outflow } from './outflow.js'
import type { SocketOwner, StreamSocket } from './stream-socket.js'
import { VitalSigns } from './vital-signs.js'

/** How long the peer may take to end its side after this one has ended, in milliseconds. */
const LINGER = 2000
/** After two turns of the loop a whole poll phase has passed, which reads what the kernel holds. */
const IDLE_TURNS = 2
const IDLE_WAITS = -1

/** The socket of one connection: its undelivered input, its unsent output, and how it ends. */
export class PortableSocket {
  readonly slot: number
  /** Both ends; of a socket that connects they are known when it has. */
  ends: Ends
  /** Set by the first who knows it: the acceptor's answer, or a call that the new channel makes before that. */
  channel: Channel | null = null
  /** Whether the owner has it on its list of sockets to write. */
  touched = false
  readonly #owner: SocketOwner
  readonly #socket: StreamSocket
  readonly #input = new InputBuffer()
  readonly #output: Outflow
  readonly #signs: VitalSigns
  readonly #written = () => this.write()
  #reading = true
  #refused = false
  #closing = false
  #ending = false
  #delivering = false
  /** What is to become of the bytes left over by a codec that was replaced while it delivered. */
  #leftover: Leftover | null = null
  /** The socket is closed, as both sides ended, but the channel has yet to take the peer's end. */
  #orphaned = false
  #isGone = false
  #dropped = false
  #ended = false
  #peerEnded = false
  #errno: string | null = null
  #idle = 0
  #cancelLinger: (() => void) | null = null

  constructor(owner: SocketOwner, socket: StreamSocket, host: ChannelHost, slot: number, ends: Ends) {
    this.#owner = owner
    this.#socket = socket
    this.slot = slot
    this.ends = ends
    this.#signs = new VitalSigns(owner, slot)
    this.#output = new Outflow(socket, this.#signs, owner.sent, slot, host.limits)
    socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error.code ?? error.message))
    socket.on('close', () => owner.turn(() => this.#closed()))
  }

  // ---- what the reactor asks for

  /** Begins to deliver. */
  open(channel: Channel): void {
    const socket = this.#socket
    this.channel = channel
    channel.opened()
    socket.on('data', (chunk: Buffer) => this.#owner.turn(() => this.#arrived(chunk)))
    socket.on('end', () => this.#owner.turn(() => this.#endArrived()))
    socket.on('finish', () => this.#finished())
    this.#steer()
  }

  /** Disconnects a peer that nobody wants to serve. */
  refuse(): void {
    this.#refused = true
    this.destroy()
  }

  /** Stops reading, because the channel holds back messages. */
  hold(): void {
    this.#steer()
  }

  release(): void {
    this.#owner.later(() => this.#goOn())
  }

  /** Goes on with the channel's present codec, once what is being delivered has been consumed. */
  reframe(leftover: Leftover): void {
    // What is to be dropped is, whatever is changed afterwards in the same turn.
    if (this.#leftover !== 'drop') this.#leftover = leftover
    if (!this.#delivering) this.#reframe()
  }

  close(): void {
    if (this.#finishing) return
    this.#closing = true
    this.#input.clear()
    this.#signs.kept(0, false)
    this.#owner.touch(this)
    if (this.#orphaned) this.#owner.later(() => this.#gone())
    else if (this.#socket.writableFinished) this.#finished()
  }

  /** Ends this side's stream when the queue is empty, and goes on reading. */
  halfClose(): void {
    if (this.#finishing) return
    this.#ending = true
    this.#owner.touch(this)
  }

  setWater(high: number, low: number): void {
    this.#output.setWater(high, low)
  }

  destroy(reset = false): void {
    if (this.#dropped) return
    this.#dropped = true
    this.#input.clear()
    this.#output.clear()
    if (reset) resetTcp(this.#socket)
    this.#socket.destroy()
    if (this.#orphaned) this.#owner.later(() => this.#gone())
  }

  drainInput(): void {
    const counting = this.#idle > 0
    this.#idle = IDLE_TURNS
    if (!counting) this.#owner.later(() => this.#countIdle())
  }

  wake(token: unknown): void {
    this.#owner.later(() => this.channel?.woken(token))
  }

  /** Takes over bytes that the channel has sent. */
  enqueue(bytes: Buffer): void {
    if (this.#dropped) return
    this.#output.push(bytes)
    this.#owner.touch(this)
  }

  /** Gives the socket as much of the queue as it takes; then, when the connection is closing, the end. */
  write(): void {
    const socket = this.#socket
    if (this.#dropped || socket.destroyed) return
    this.#output.write(this.#written)
    this.#account()
    if ((this.#closing || this.#ending) && !this.#ended && this.#output.isEmpty) {
      this.#ended = true
      socket.end()
    }
    this.#steer()
  }

  ref(): void {
    this.#socket.ref()
  }

  unref(): void {
    this.#socket.unref()
  }

  // ---- input

  get #finishing(): boolean {
    return this.#closing || this.#dropped
  }

  /** Whether the channel takes messages. */
  get #flowing(): boolean {
    return ((this.channel as Channel).state & HELD) === 0
  }

  #arrived(chunk: Buffer): void {
    this.#signs.arrived()
    if (this.#finishing) return
    this.#input.append(chunk, (this.channel as Channel).needed)
    this.#deliver()
  }

  #endArrived(): void {
    this.#peerEnded = true
    if (!this.#finishing) this.#deliver()
  }

  #deliver(): void {
    const channel = this.channel as Channel
    const input = this.#input
    const progressed = this.#receive(channel)
    if (this.#flowing && input.length > channel.maxBuffered) channel.overfull()
    input.trim()
    this.#signs.kept(input.length, progressed)
    if (this.#flowing && this.#peerEnded) this.#deliverEnd(channel)
    this.#steer()
  }

  #deliverEnd(channel: Channel): void {
    const input = this.#input
    this.#delivering = true
    const position = channel.peerEnded(this.#owner.reader, input.bytes, input.start, input.end)
    this.#delivering = false
    if (!this.#finishing) input.start = position
    if ((channel.state & PEER_ENDED) !== 0) input.clear()
    if (this.#leftover !== null) this.#reframe()
  }

  #reframe(): void {
    const channel = this.channel as Channel
    if (this.#leftover === 'drop') this.#input.clear()
    this.#leftover = null
    const { length } = this.#input
    this.#owner.later(() => {
      channel.switched(length)
      this.#goOn()
    })
  }

  /** Delivers what is whole; true when bytes were consumed. */
  #receive(channel: Channel): boolean {
    const input = this.#input
    if (!this.#flowing || input.length < channel.needed) {
      input.rejoin()
      return false
    }
    if (input.length === 0 && !channel.pending) return false
    const { host } = channel
    const before = host.delivered
    let consumed = this.#decode(channel)
    const isMore = input.rejoin() && this.#flowing && this.#leftover === null
    if (isMore && input.length >= channel.needed) consumed += this.#decode(channel)
    if (this.#leftover !== null) this.#reframe()
    if (host.delivered !== before) channel.batchEnded()
    return consumed > 0
  }

  /** Delivers from the bytes that stand together; answers how many of them were consumed. */
  #decode(channel: Channel): number {
    const input = this.#input
    const { start } = input
    this.#delivering = true
    const position = channel.receive(this.#owner.reader, input.bytes, start, input.end)
    this.#delivering = false
    // A handler that closed or destroyed its connection has emptied the input.
    if (!this.#finishing) input.start = position
    return position - start
  }

  /** Delivers what was held back. */
  #goOn(): void {
    if (this.#finishing || !this.#flowing) return
    this.#deliver()
    if (this.#idle === IDLE_WAITS) this.drainInput()
  }

  /** Reads while the channel takes messages, and while what arrives is to be discarded. */
  #steer(): void {
    const wanted = this.#closing || this.channel === null || this.#flowing
    if (wanted === this.#reading) return
    this.#reading = wanted
    if (wanted) this.#socket.resume()
    else this.#socket.pause()
  }

  #countIdle(): void {
    if (this.#finishing) return
    if (!this.#flowing) this.#idle = IDLE_WAITS
    else if (--this.#idle > 0) this.#owner.later(() => this.#countIdle())
    else this.channel?.idle()
  }

  // ---- output

  #account(): void {
    const { channel } = this
    if (channel !== null && this.#output.account(channel) && !this.#closing) this.#owner.later(() => this.#drained())
  }

  #drained(): void {
    const channel = this.channel as Channel
    if (!this.#output.hasDrained(channel) || this.#finishing) return
    channel.drained()
    this.#goOn()
  }

  // ---- the end

  #failed(errno: string): void {
    if (!this.#finishing) this.#errno ??= errno
  }

  /** This side has ended; the peer may take a while to read and to end its own. */
  #finished(): void {
    if (this.#closing && !this.#peerEnded) this.#cancelLinger = this.#owner.after(LINGER, () => this.destroy())
  }

  /** Whether the channel knows that the peer has ended, or does not care any more. */
  get #endIsTold(): boolean {
    return this.channel === null || (this.channel.state & (PEER_ENDED | UNSENDABLE)) !== 0
  }

  #closed(): void {
    this.#orphaned = true
    if (this.#errno !== null || !this.#peerEnded || this.#finishing || this.#endIsTold) this.#gone()
  }

  #gone(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#cancelLinger?.()
    this.#dropped = true
    this.#input.clear()
    this.#output.clear()
    if (!this.#refused) this.channel?.closed(this.#errno)
    this.#owner.gone(this)
  }
}

/** Node refuses to reset what is no TCP socket, and waits with one that is not connected. */
function resetTcp(socket: StreamSocket): void {
  try {
    socket.resetAndDestroy()
  } catch {}
}
