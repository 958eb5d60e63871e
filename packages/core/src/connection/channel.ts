import { keeps } from '../codec/compose/passed-on.js'
import {
  type ByteReader,
  type Codec,
  type CodecLimits,
  type Decoder,
  type FrameCursor,
  type FrameReader,
  type NativeFraming,
  NEED_MORE,
  type RawBuffer
} from '../codec/index.js'
import { DecodeError, optionError, ShinyError } from '../errors/index.js'
import type { Leftover, Reactor } from '../reactor/contract.js'
import { BufferWatch } from './buffer-watch.js'
import type { AnyConnection, ChannelHost } from './channel-host.js'
import { attach, channelOf, detach } from './connection.js'
import { hooksOf } from './hooks.js'
import { Lifecycle } from './lifecycle.js'
import type { ConnectionLimits } from './limits.js'
import * as S from './state.js'

/**
 * The inside of a connection: its life, and how its bytes become messages. A reactor calls it; the Connection in front of it
 * is what the user sees.
 */
export class Channel extends Lifecycle {
  /** Bytes whose messages have been delivered. */
  received = 0
  /** Unread bytes below which the decoder need not be asked again. */
  needed = 0
  /** Where the decoder's last search ended; see ByteReader. */
  scanned = 0
  scannedFor = -1
  /** The codec in force; with {@link Channel.switchTo} it changes. */
  codec: Codec<unknown, unknown>
  /** How the native reactor finds the frames of that codec; null where the decoder does. */
  framing: NativeFraming<unknown> | null
  /** Reads the frames that a native plan found; null without a plan. */
  frames: FrameReader<unknown> | null
  #decoder: Decoder<unknown> | null = null
  /** The codec's own limits, where the handler has set some. */
  #codecLimits: CodecLimits | null = null
  /** Made for a connection that is given a limit of input of its own. */
  #watch: BufferWatch | null = null

  constructor(id: number, slot: number, reactor: Reactor, host: ChannelHost) {
    super(id, slot, reactor, host)
    this.codec = host.codec
    this.framing = this.#framingOf(host.codec)
    this.frames = this.framing?.frames() ?? null
  }

  protected override get channel(): this {
    return this
  }

  /** In bytes: how much input may be kept for one frame. */
  get maxBuffered(): number {
    return Math.min(this.codec.maxBuffered, this.limits.maxBuffered)
  }

  override setLimits(changes: ConnectionLimits): void {
    const { codec } = changes
    if (codec !== undefined) {
      this.limits.with(changes)
      this.#limitCodec(codec)
    }
    super.setLimits(changes)
    this.#watchInput()
  }

  /** Whether less input may be kept than the codec allows. */
  get isWatched(): boolean {
    return this.limits.maxBuffered < this.codec.maxBuffered
  }

  /** Nobody watches what is kept any more. */
  unwatched(): void {
    this.#watch = null
  }

  /**
   * Puts another codec and handler in force, for the bytes behind the messages delivered so far, and another host if one is
   * given. It may be called from inside a handler: no message of the former codec follows. `leftover` says what becomes of
   * bytes that have been received and not consumed.
   */
  switchTo(
    codec: Codec<unknown, unknown>,
    connection: AnyConnection,
    host: ChannelHost = this.host,
    leftover: Leftover = 'forward'
  ): void {
    this.encoder = codec.encoder()
    if (host !== this.host) this.deadlines?.change(host.timeouts, host.timeouts)
    this.host = host
    this.#enforce(codec, connection, leftover)
  }

  /**
   * Replaces the handler `former` and the codec. The next handler is attached from its first line on, and what it sends there is
   * in its own encoding. Nothing has changed when its constructor throws.
   */
  upgrade<C extends AnyConnection>(
    former: AnyConnection,
    codec: Codec<unknown, unknown>,
    construct: () => C,
    leftover: Leftover
  ): C {
    if ((this.state & S.UNSENDABLE) !== 0) throw new ShinyError('ERR_CLOSED')
    if (this.connection !== former) throw new ShinyError('ERR_DETACHED', 'a constructor cannot upgrade its connection')
    const kept = this.#decoder !== null && keeps(this.#decoder)
    if (kept && leftover === 'forward') throw new ShinyError('ERR_LEFTOVER', `${this.codec.name} ${KEEPS}`)
    const { encoder } = this
    const held = this.state & (S.PAUSED | S.WAITING)
    this.encoder = codec.encoder()
    this.state &= ~held
    try {
      const next = attach(this, construct)
      if (channelOf(next) !== this) throw new ShinyError('ERR_DETACHED', 'upgrade() must make a new connection')
      if (kept && leftover === 'reject') this.state |= S.KEPT
      this.#replace(former, next, codec, leftover, held)
      return next
    } catch (error) {
      if (this.connection === former) {
        this.encoder = encoder
        this.state |= held
      }
      throw error
    }
  }

  /** The reactor has changed over to the present codec; `leftover` bytes had been received before and not consumed. */
  switched(leftover: number): void {
    const kept = (this.state & S.KEPT) !== 0
    this.state &= ~(S.SWITCHED | S.KEPT)
    if ((this.state & S.SIFTING) === 0) return
    if (leftover > 0 || kept) {
      const ahead = `the peer sent ${leftover} bytes ahead of the change of protocol`
      const message = kept ? `the former codec ${KEEPS}` : ahead
      this.decodeFailed(new DecodeError('ERR_LEFTOVER', message), this.received)
    }
    this.release(S.SIFTING)
  }

  /** Delivers the frames; leaves the cursor behind the last one delivered. */
  deliverFrames(cursor: FrameCursor): void {
    const { connection } = this
    const { until } = cursor
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
        if (result !== undefined) this.settle(result, connection)
      } catch (error) {
        if (!decoding) this.handlerFailed(error)
        else if (!this.mayContinue(error, cursor.start > frame, this.received + frame - began)) break
      }
    }
    this.received += cursor.start - began
    this.host.delivered += delivered
  }

  /** Whether messages wait that were made of bytes consumed already. */
  get pending(): boolean {
    return this.#decoder?.pending?.() ?? false
  }

  /** The reactor refused the bytes behind those delivered. */
  refused(reason: number, detail: number): void {
    this.decodeFailed((this.frames as FrameReader<unknown>).refuse(reason, detail), this.received)
  }

  /** More is buffered for one frame than the codec allows. */
  overfull(): void {
    this.decodeFailed(
      new DecodeError('ERR_BUFFER_LIMIT', `more than ${this.maxBuffered} bytes are buffered for one frame`),
      this.received
    )
  }

  /** Decodes and delivers from bytes[start, end) and returns the offset of the first byte not consumed. */
  receive(reader: ByteReader, bytes: RawBuffer, start: number, end: number): number {
    const { host } = this
    reader.reset(bytes, start, end, this.scanned, this.scannedFor)
    this.#decoder ??= this.codec.decoder()
    this.#decodeAll(reader, start, this.#decoder, false)
    const place = reader.suspend()
    // What a former host was told, a PROXY header for one, is no message of this one.
    if (host === this.host) this.received += place.position - start
    if ((this.state & S.SWITCHED) !== 0) return place.position
    this.scanned = place.scanned
    this.scannedFor = place.scannedFor
    this.needed = place.needed
    if (place.needed > this.maxBuffered && (this.state & S.HELD) === 0) this.overfull()
    return place.position
  }

  /**
   * The peer ended its side; bytes[start, end) are those no message was made of. Returns the offset of the first byte that is
   * still not consumed. Unless the channel now has the bit PEER_ENDED, or closes, it holds back messages and the end with them.
   */
  peerEnded(reader: ByteReader, bytes: RawBuffer, start: number, end: number): number {
    if ((this.state & (S.HELD | S.PEER_ENDED)) !== 0) return start
    let position = start
    if (start < end && this.frames !== null) this.#decoder ??= this.#decoderInForce()
    const decoder = this.#decoder
    if (decoder?.end !== undefined) {
      reader.reset(bytes, start, end)
      this.#decodeAll(reader, start, decoder, true)
      position = reader.position
      this.received += position - start
      if ((this.state & S.HELD) !== 0) return position
    }
    if (position < end) {
      const message = `the peer ended the stream in a frame, after ${end - position} bytes of it`
      this.decodeFailed(new DecodeError('ERR_TRUNCATED', message), this.received)
    } else this.finishInput()
    return position
  }

  #replace(
    former: AnyConnection,
    next: AnyConnection,
    codec: Codec<unknown, unknown>,
    leftover: Leftover,
    held: number
  ): void {
    const remains = this.remains(new Channel(this.id, this.slot, this.reactor, this.host))
    remains.received = this.received
    remains.connection = former
    detach(former, remains)
    this.#enforce(codec, next, leftover)
    this.letGo(held)
    this.host.upgraded(next, former)
    if ((this.state & S.OPENED) !== 0) this.callOpen()
  }

  #enforce(codec: Codec<unknown, unknown>, connection: AnyConnection, leftover: Leftover): void {
    this.codec = codec
    this.framing = this.#framingOf(codec)
    this.frames = this.framing?.frames() ?? null
    this.#decoder = null
    this.#codecLimits = null
    this.connection = connection
    this.hooks = hooksOf(connection)
    this.#forget()
    this.state |= S.SWITCHED
    if (leftover === 'reject') this.hold(S.SIFTING)
    this.reactor.reframe(this, leftover)
    this.#watchInput()
  }

  /** Begins to watch what is kept, if that is bounded by a limit of the connection's own. */
  #watchInput(): void {
    if (!this.isWatched || (this.state & S.UNSENDABLE) !== 0 || this.#watch !== null) return
    this.#watch = new BufferWatch(this)
    this.#watch.start()
  }

  #framingOf(codec: Codec<unknown, unknown>): NativeFraming<unknown> | null {
    return this.reactor.info.kind === 'native' && codec.native ? codec.native : null
  }

  /** What is not delivered yet is framed anew, whoever frames it. */
  #limitCodec(limits: CodecLimits): void {
    if (this.connection === undefined)
      throw new ShinyError('ERR_DETACHED', 'a constructor cannot change the limits of its codec')
    const native = this.framing === null ? undefined : this.codec.native
    if (native === undefined) this.#decoder ??= this.codec.decoder()
    if (native === undefined ? this.#decoder?.setLimits === undefined : native.limited === undefined)
      throw optionError('codec', `${this.codec.name} has no limits that can be changed`)
    if (native?.limited === undefined) this.#decoder?.setLimits?.(limits)
    else {
      this.framing = native.limited(limits)
      this.frames = this.framing.frames()
      this.#decoder = null
    }
    this.#codecLimits = limits
    if ((this.state & S.UNSENDABLE) !== 0) return
    this.#forget()
    this.state |= S.SWITCHED
    this.reactor.reframe(this, 'forward')
  }

  /** For what a native plan leaves at the end of the stream: a decoder that begins with the frame that is not whole. */
  #decoderInForce(): Decoder<unknown> {
    const decoder = this.codec.decoder()
    if (this.#codecLimits !== null) decoder.setLimits?.(this.#codecLimits)
    return decoder
  }

  /** What a decoder has learnt of the bytes means nothing to another. */
  #forget(): void {
    this.needed = 0
    this.scanned = 0
    this.scannedFor = -1
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
        if (reader.position === before && decoder.pending === undefined)
          throw new DecodeError('ERR_NO_PROGRESS', 'a message was made of no bytes')
        decoding = false
        this.host.delivered++
        const result = connection.onMessage(message as never)
        if (result !== undefined) this.settle(result, connection)
      } catch (error) {
        if (!decoding) this.handlerFailed(error)
        else if (
          !this.mayContinue(error, reader.position > before, this.received + placeOf(error, before, reader) - start)
        )
          return
      }
    }
  }
}

/** Why what is left over cannot be given to another codec. */
const KEEPS =
  'keeps messages, or parts of them, whose bytes are consumed; a stage that keeps nothing says so by keeps()'

/** Where the frame begins that was refused. A decoder may have passed over others before it; one that gives up has not consumed it. */
function placeOf(error: unknown, before: number, reader: ByteReader): number {
  if (!(error instanceof DecodeError)) return before
  return error.recoverable ? before + error.passed : reader.position
}
