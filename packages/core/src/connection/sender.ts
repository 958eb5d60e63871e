import type { Encoder } from '../codec/index.js'
import { type DecodeError, ShinyError } from '../errors/index.js'
import type { Reactor } from '../reactor/contract.js'
import type { OutputArena } from '../reactor/output-arena.js'
import type { Channel } from './channel.js'
import type { AnyConnection, ChannelHost } from './channel-host.js'
import { Deadlines } from './deadlines.js'
import { asError, encodeError } from './failures.js'
import type { ConnectionLimits, Limits } from './limits.js'
import * as S from './state.js'

/** What a connection is known by, and its output: how messages are encoded, and how much of them may be queued. */
export abstract class Sender {
  readonly id: number
  readonly slot: number
  readonly reactor: Reactor
  /** What it has in common with the other connections of its server. */
  host: ChannelHost
  /** The handler. Set right after it was made, before anything else happens. */
  connection!: AnyConnection
  state = 0
  /** Which optional hooks the handler has. */
  hooks = 0
  /** Bytes given to `send`, encoded. */
  accepted = 0
  /** The server's, until the connection is given its own. */
  limits: Limits
  /** Made when a timeout is on that may pass. */
  deadlines: Deadlines | null = null
  protected encoder: Encoder<unknown>
  readonly #output: OutputArena

  /** The channel that this is part of, as the reactor knows it. */
  protected abstract readonly channel: Channel

  constructor(id: number, slot: number, reactor: Reactor, host: ChannelHost) {
    this.id = id
    this.slot = slot
    this.reactor = reactor
    this.host = host
    this.limits = host.limits
    this.#output = reactor.output
    this.encoder = host.codec.encoder()
  }

  abstract destroy(error: Error | null, reset?: boolean): void

  /** Bytes accepted by `send` that have not left yet. */
  get queued(): number {
    return (this.state & S.GONE) === 0 ? this.accepted - (this.#output.sent[this.slot] as number) : 0
  }

  send(message: unknown): boolean {
    if ((this.state & S.MUTE) !== 0) throw new ShinyError('ERR_CLOSED')
    const output = this.#output
    output.open(this.slot)
    try {
      this.encoder.encode(message, output)
    } catch (error) {
      output.rollback()
      throw encodeError(error)
    }
    return this.#account(output.finish())
  }

  /** Sends bytes before any message, also before there is a handler. */
  sendFirst(bytes: Uint8Array): void {
    const output = this.#output
    output.open(this.slot)
    output.bytes(bytes)
    this.accepted += output.finish()
  }

  setLimits(changes: ConnectionLimits): void {
    const limits = this.limits.with(changes)
    if ((this.state & (S.DESTROYED | S.CLOSED)) !== 0) return
    this.limits = limits
    this.reactor.setWater(this.channel, limits.highWaterMark, limits.lowWaterMark)
  }

  /** From now on the write timeout may pass. */
  protected watchOutput(): void {
    if (this.deadlines === null && this.host.timeouts.write > 0) {
      this.deadlines = new Deadlines(this.channel, this.host.timeouts)
    }
    this.deadlines?.watchOutput()
  }

  /** Answers bytes that make no sense in the codec's own words, if it has any. */
  protected sendRefusal(error: DecodeError): void {
    const { encoder } = this
    if (encoder.encodeError === undefined || (this.state & S.MUTE) !== 0) return
    const output = this.#output
    output.open(this.slot)
    try {
      encoder.encodeError(error, output)
      this.#account(output.finish())
    } catch (second) {
      output.rollback()
      this.host.failed(this.connection, asError(second), false)
    }
  }

  #account(length: number): boolean {
    this.accepted += length
    const queued = this.queued
    this.host.sent++
    return queued <= this.limits.unwatched || this.#weigh(length, queued)
  }

  /** Sees to output that may be too much; false when more than the high-water mark is queued. */
  #weigh(length: number, queued: number): boolean {
    this.host.totals?.sent(length)
    if ((this.state & S.DESTROYED) !== 0) return false
    if (queued <= this.limits.highWaterMark) return true
    this.#pileUp(queued)
    return false
  }

  /** More is queued than the high-water mark. */
  #pileUp(queued: number): void {
    const { maxQueued } = this.limits
    if (this.host.holdWhenBlocked) this.state |= S.BLOCKED
    this.watchOutput()
    if (queued <= maxQueued) return
    const message = `${queued} bytes are queued for a peer that does not read; the cap is ${maxQueued}`
    this.destroy(new ShinyError('ERR_OUTPUT_LIMIT', message, { origin: 'socket' }))
  }
}
