import {
  type ByteReader,
  type Codec,
  type Decoder,
  type Encoder,
  type FrameCursor,
  type FrameReader,
  NEED_MORE,
  type RawBuffer
} from '../codec/index.js'
import { DecodeError, ShinyError } from '../errors/index.js'
import type { Reactor } from '../reactor/contract.js'
import type { OutputArena } from '../reactor/output-arena.js'
import { Address } from './address.js'
import type { CloseReason } from './close-reason.js'
import type { Connection } from './connection.js'
import { ON_BATCH_END, ON_DRAIN, ON_END, ON_ERROR } from './hooks.js'
import * as S from './state.js'

/** What all connections of one server share. Made once, read on the hot path. */
export interface ChannelHost {
  readonly codec: Codec<unknown, unknown>
  readonly app: unknown
  /** In bytes; above it `send` answers false. */
  readonly highWaterMark: number
  /** In bytes; at or below it `onDrain` is called. */
  readonly lowWaterMark: number
  /** In bytes; above it the connection is cut. */
  readonly maxQueued: number
  /** Whether a connection above its high-water mark gets no messages until it has drained. */
  readonly holdWhenBlocked: boolean
  /** An error of a connection, after its `onError`. */
  failed(connection: AnyConnection, error: Error, handled: boolean): void
  /** The connection is gone. */
  closed(connection: AnyConnection): void
  /** Messages delivered since the counter was last read; paces the ticker. */
  delivered: number
}

/** A connection of whatever codec. */
export type AnyConnection = Connection<never, unknown, unknown>

/**
 * The inside of a connection: its place in the reactor, its codec's state and its life cycle. A reactor calls it; the
 * Connection in front of it is what the user sees.
 */
export class Channel {
  readonly id: number
  readonly slot: number
  readonly reactor: Reactor
  readonly host: ChannelHost
  /** The handler. Set right after it was made, before anything else happens. */
  connection!: AnyConnection
  state = 0
  /** Bytes given to `send`, encoded. */
  accepted = 0
  /** Bytes whose messages have been delivered. */
  received = 0
  /** Unread bytes below which the decoder need not be asked again. */
  needed = 0
  /** Where the decoder's last search ended; see ByteReader. */
  scanned = 0
  scannedFor = -1
  hooks = 0
  /** Reads the frames that a native plan found; null without a plan. */
  readonly frames: FrameReader<unknown> | null
  readonly #output: OutputArena
  readonly #encoder: Encoder<unknown>
  #decoder: Decoder<unknown> | null = null
  #error: Error | null = null
  #abort: AbortController | null = null
  #remote: Address | null = null
  #local: Address | null = null

  constructor(id: number, slot: number, reactor: Reactor, host: ChannelHost) {
    this.id = id
    this.slot = slot
    this.reactor = reactor
    this.host = host
    this.frames = reactor.info.kind === 'native' && host.codec.native ? host.codec.native.frames() : null
    this.#output = reactor.output
    this.#encoder = host.codec.encoder()
  }

  /** Bytes accepted by `send` that have not left yet. */
  get queued(): number {
    return (this.state & S.GONE) === 0 ? this.accepted - (this.#output.sent[this.slot] as number) : 0
  }

  get remote(): Address {
    if (this.#remote === null && (this.state & S.GONE) === 0) this.#remote = this.reactor.remote(this)
    return this.#remote ?? Address.unknown
  }

  get local(): Address {
    if (this.#local === null && (this.state & S.GONE) === 0) this.#local = this.reactor.local(this)
    return this.#local ?? Address.unknown
  }

  get isOpen(): boolean {
    return (this.state & S.UNSENDABLE) === 0
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if ((this.state & S.CLOSED) !== 0) this.#abort.abort()
    return this.#abort.signal
  }

  // ---- what the user does

  send(message: unknown): boolean {
    if ((this.state & S.UNSENDABLE) !== 0) throw new ShinyError('ERR_CLOSED')
    const output = this.#output
    output.open(this.slot)
    try {
      this.#encoder.encode(message, output)
    } catch (error) {
      output.rollback()
      throw encodeError(error)
    }
    return this.#account(output.finish())
  }

  close(): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    this.state |= S.CLOSING | S.LOCAL
    this.reactor.close(this)
  }

  destroy(error: Error | null): void {
    if ((this.state & (S.DESTROYED | S.CLOSED)) !== 0) return
    this.state |= S.DESTROYED | S.LOCAL
    this.reactor.destroy(this)
    if (error !== null) this.#report(error)
  }

  pause(): void {
    this.hold(S.PAUSED)
  }

  resume(): void {
    this.#release(S.PAUSED)
  }

  hold(reason: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    const before = this.state & S.HOLDING
    this.state |= reason
    if (before === 0) this.reactor.hold(this)
  }

  wake(token: unknown): void {
    if ((this.state & S.UNSENDABLE) === 0) this.reactor.wake(this, token)
  }

  /** A graceful stop: close when all that has arrived is answered. */
  stop(): void {
    if ((this.state & (S.UNSENDABLE | S.STOPPING)) !== 0) return
    this.state |= S.STOPPING
    this.reactor.drainInput(this)
  }

  /** Nobody serves the peer: there will be neither `opened` nor `closed`, and whoever kept the connection cannot use it. */
  abandon(): void {
    this.state |= S.CLOSED | S.GONE
    this.#abort?.abort()
  }

  // ---- what the reactor tells

  opened(): void {
    this.state |= S.OPENED
    try {
      this.#settle(this.connection.onOpen())
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  /** Delivers the frames from `cursor.at` to `until` in the table; leaves the cursor behind the last one delivered. */
  deliverFrames(cursor: FrameCursor, until: number): void {
    const { connection } = this
    const frames = this.frames as FrameReader<unknown>
    const began = cursor.start
    let delivered = 0
    while (cursor.at < until && (this.state & S.HELD) === 0) {
      const frame = cursor.start
      let decoding = true
      try {
        const message = frames.read(cursor)
        decoding = false
        delivered++
        const result = connection.onMessage(message as never)
        if (result !== undefined) this.#settle(result)
      } catch (error) {
        if (!decoding) this.#handlerFailed(error)
        else if (!this.#mayContinue(error, cursor.start > frame, this.received + frame - began)) break
      }
    }
    this.received += cursor.start - began
    this.host.delivered += delivered
  }

  /** The reactor refused the bytes behind those delivered. */
  refused(reason: number, detail: number): void {
    this.#decodeFailed((this.frames as FrameReader<unknown>).refuse(reason, detail), this.received)
  }

  /** More is buffered for one frame than the codec allows. */
  overfull(): void {
    this.#decodeFailed(
      new DecodeError('ERR_BUFFER_LIMIT', `more than ${this.host.codec.maxBuffered} bytes are buffered for one frame`),
      this.received
    )
  }

  /** Decodes and delivers from bytes[start, end) and returns the offset of the first byte not consumed. */
  receive(reader: ByteReader, bytes: RawBuffer, start: number, end: number): number {
    reader.reset(bytes, start, end, this.scanned, this.scannedFor)
    this.#decoder ??= this.host.codec.decoder()
    this.#decodeAll(reader, start, this.#decoder, false)
    const place = reader.suspend()
    this.received += place.position - start
    this.scanned = place.scanned
    this.scannedFor = place.scannedFor
    this.needed = place.needed
    if (place.needed > this.host.codec.maxBuffered && (this.state & S.HELD) === 0) this.overfull()
    return place.position
  }

  /** A read has been delivered as far as it can be. */
  batchEnded(): void {
    if ((this.hooks & ON_BATCH_END) === 0 || (this.state & (S.DESTROYED | S.CLOSED)) !== 0) return
    try {
      this.connection.onBatchEnd()
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  /** The output queue fell to the low-water mark after it was above the high one. */
  drained(): void {
    // Another handler of the same turn may have sent more before this was told; then it will be told again.
    if (this.queued > this.host.highWaterMark) return
    this.state &= ~S.BLOCKED
    if ((this.hooks & ON_DRAIN) === 0 || (this.state & S.UNSENDABLE) !== 0) return
    try {
      this.connection.onDrain()
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  woken(token: unknown): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    try {
      this.connection.onWake(token)
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  /** All that had arrived is delivered; see {@link Reactor.drainInput}. */
  idle(): void {
    if ((this.state & S.STOPPING) !== 0 && (this.state & S.WAITING) === 0) this.close()
  }

  /** The peer ended its side; bytes[start, end) are those no message was made of. */
  peerEnded(reader: ByteReader, bytes: RawBuffer, start: number, end: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    this.state |= S.PEER_ENDED
    let position = start
    const decoder = this.#decoder
    if (decoder?.end !== undefined) {
      reader.reset(bytes, start, end)
      this.#decodeAll(reader, start, decoder, true)
      position = reader.position
      this.received += position - start
    }
    if (position < end && (this.state & S.UNSENDABLE) === 0) {
      const message = `the peer ended the stream in a frame, after ${end - position} bytes of it`
      this.#decodeFailed(new DecodeError('ERR_TRUNCATED', message), this.received)
    }
    if ((this.state & S.UNSENDABLE) === 0) this.#peerEnded()
  }

  /** The socket is gone; `errno` names the error that ended it, or is null. */
  closed(errno: string | null): void {
    if ((this.state & S.CLOSED) !== 0) return
    if (errno !== null) this.#report(socketError(errno))
    this.state |= S.CLOSED
    this.#abort?.abort()
    try {
      if ((this.state & S.OPENED) !== 0) this.connection.onClose(this.#reason())
    } catch (error) {
      this.host.failed(this.connection, asError(error), false)
    }
    this.state |= S.GONE
    this.host.closed(this.connection)
  }

  /** Cuts the connection because the deadline of a stop passed. */
  cut(): void {
    this.destroy(new ShinyError('ERR_STOP_TIMEOUT'))
  }

  // ---- inside

  #account(length: number): boolean {
    this.accepted += length
    const queued = this.queued
    const { host } = this
    if (queued <= host.highWaterMark) return true
    if (host.holdWhenBlocked) this.state |= S.BLOCKED
    if (queued > host.maxQueued) {
      const message = `${queued} bytes are queued for a peer that does not read; the cap is ${host.maxQueued}`
      this.destroy(new ShinyError('ERR_OUTPUT_LIMIT', message, { origin: 'socket' }))
    }
    return false
  }

  #release(reason: number): void {
    if ((this.state & reason) === 0) return
    this.state &= ~reason
    if ((this.state & S.HOLDING) === 0 && (this.state & S.UNSENDABLE) === 0) this.reactor.release(this)
  }

  /** Waits for a handler that returned a promise before the next message is delivered. */
  #settle(result: unknown): void {
    if (!isThenable(result)) return
    this.hold(S.WAITING)
    result.then(
      () => this.#proceed(),
      (error: unknown) => {
        this.#proceed()
        this.#handlerFailed(error)
      }
    )
  }

  #proceed(): void {
    this.#release(S.WAITING)
    if ((this.state & (S.STOPPING | S.UNSENDABLE)) === S.STOPPING) this.reactor.drainInput(this)
  }

  #decodeAll(reader: ByteReader, start: number, decoder: Decoder<unknown>, ending: boolean): void {
    const { connection } = this
    let decoding = true
    while ((this.state & S.HELD) === 0) {
      const before = reader.position
      try {
        decoding = true
        const message = ending ? decoder.end?.(reader) : decoder.decode(reader)
        if (message === NEED_MORE) return
        if (reader.position === before) throw new DecodeError('ERR_NO_PROGRESS', 'a message was made of no bytes')
        decoding = false
        this.host.delivered++
        const result = connection.onMessage(message as never)
        if (result !== undefined) this.#settle(result)
      } catch (error) {
        if (!decoding) this.#handlerFailed(error)
        else if (!this.#mayContinue(error, reader.position > before, this.received + before - start)) return
      }
    }
  }

  /** Reports what a decoder threw; true when decoding goes on behind the frame. */
  #mayContinue(thrown: unknown, progressed: boolean, offset: number): boolean {
    const error = decodeError(thrown, offset)
    if (!error.recoverable || !progressed) {
      this.#decodeFailed(error, offset)
      return false
    }
    const before = this.accepted
    const handled = (this.hooks & ON_ERROR) !== 0
    try {
      if (handled && this.connection.onError(error) === 'continue') return true
    } catch (second) {
      this.host.failed(this.connection, asError(second), false)
    }
    this.#fail(error, handled)
    this.#refuse(error, before)
    return false
  }

  #decodeFailed(thrown: unknown, offset: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    const error = decodeError(thrown, offset)
    const before = this.accepted
    this.#report(error)
    this.#refuse(error, before)
  }

  /** Closes because of bytes that make no sense; `before` tells whether the handler has answered them by itself. */
  #refuse(error: DecodeError, before: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    if (this.accepted === before) this.#sendRefusal(error)
    this.close()
  }

  #sendRefusal(error: DecodeError): void {
    const encode = this.#encoder.encodeError
    if (encode === undefined) return
    const output = this.#output
    output.open(this.slot)
    try {
      encode(error, output)
      this.#account(output.finish())
    } catch (second) {
      output.rollback()
      this.host.failed(this.connection, asError(second), false)
    }
  }

  #handlerFailed(thrown: unknown): void {
    if ((this.state & S.CLOSED) !== 0) {
      this.host.failed(this.connection, asError(thrown), false)
      return
    }
    this.#report(asError(thrown))
    this.close()
  }

  #peerEnded(): void {
    try {
      if ((this.hooks & ON_END) !== 0) this.connection.onEnd()
    } catch (error) {
      this.#handlerFailed(error)
    }
    if ((this.state & S.UNSENDABLE) === 0) {
      this.close()
      this.state &= ~S.LOCAL
    }
  }

  #report(error: Error): void {
    const handled = (this.hooks & ON_ERROR) !== 0
    if ((this.state & S.FAILED) === 0 && handled) {
      this.state |= S.FAILED
      try {
        this.connection.onError(error)
      } catch (second) {
        this.host.failed(this.connection, asError(second), false)
      }
    }
    this.#fail(error, handled)
  }

  #fail(error: Error, handled: boolean): void {
    this.state |= S.FAILED
    this.#error ??= error
    this.host.failed(this.connection, error, handled)
  }

  #reason(): CloseReason {
    if (this.#error !== null) return { by: 'error', error: this.#error }
    return { by: (this.state & S.LOCAL) !== 0 ? 'local' : 'peer', error: null }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
}

function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  return new ShinyError('ERR_HANDLER', `a handler threw ${String(thrown)}`, { origin: 'handler', cause: thrown })
}

function decodeError(thrown: unknown, offset: number): DecodeError {
  const error =
    thrown instanceof DecodeError
      ? thrown
      : new DecodeError('ERR_MALFORMED', asError(thrown).message, { cause: thrown })
  error.offset = offset
  return error
}

function encodeError(thrown: unknown): Error {
  if (thrown instanceof ShinyError) return thrown
  const error = asError(thrown)
  return new ShinyError('ERR_MESSAGE_TYPE', error.message, { origin: 'encode', cause: thrown })
}

function socketError(errno: string): ShinyError {
  if (errno === 'ECONNRESET' || errno === 'EPIPE') {
    return new ShinyError('ERR_CONNECTION_RESET', 'the peer reset the connection', { origin: 'socket', errno })
  }
  if (errno === 'ETIMEDOUT') {
    return new ShinyError('ERR_TIMED_OUT', 'the network gave up on the peer', { origin: 'socket', errno })
  }
  return new ShinyError('ERR_SOCKET', `the socket failed: ${errno}`, { origin: 'socket', errno })
}
