import { keeps } from '../codec/compose/passed-on.js'
import type { Codec, CodecLimits, Decoder, FrameReader, NativeFraming } from '../codec/index.js'
import { DecodeError, optionError, ShinyError } from '../errors/index.js'
import type { Leftover, Reactor } from '../reactor/contract.js'
import { BufferWatch } from './buffer-watch.js'
import type { Channel } from './channel.js'
import type { AnyConnection, ChannelHost } from './channel-host.js'
import { attach, channelOf, detach } from './connection.js'
import { hooksOf } from './hooks.js'
import { Lifecycle } from './lifecycle.js'
import type { ConnectionLimits } from './limits.js'
import * as S from './state.js'

/** Why what is left over cannot be given to another codec. */
const KEEPS =
  'keeps messages, or parts of them, whose bytes are consumed; a stage that keeps nothing says so by keeps()'

/** The codec that is in force and how much it may keep, and how another takes its place. */
export abstract class Protocol extends Lifecycle {
  /** Bytes whose messages have been delivered. */
  received = 0
  /** Unread bytes below which the decoder need not be asked again. */
  needed = 0
  /** Where the decoder's last search ended; see ByteReader. */
  scanned = 0
  scannedFor = -1
  /** The codec in force; with {@link Protocol.switchTo} it changes. */
  codec: Codec<unknown, unknown>
  /** How the native reactor finds the frames of that codec; null where the decoder does. */
  framing: NativeFraming<unknown> | null
  /** Reads the frames that a native plan found; null without a plan. */
  frames: FrameReader<unknown> | null
  /** Made when it is needed; where a native plan finds the frames, for what that leaves at the end of the stream. */
  protected decoder: Decoder<unknown> | null = null
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
    const kept = this.decoder !== null && keeps(this.decoder)
    if (kept && leftover === 'forward') throw new ShinyError('ERR_LEFTOVER', `${this.codec.name} ${KEEPS}`)
    const { encoder } = this
    const held = this.state & (S.PAUSED | S.WAITING)
    this.encoder = codec.encoder()
    this.state &= ~held
    try {
      const next = attach(this.channel, construct)
      if (channelOf(next) !== this.channel) throw new ShinyError('ERR_DETACHED', 'upgrade() must make a new connection')
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

  /** A fresh channel of the same connection. */
  protected abstract another(): Channel

  /** For what a native plan leaves at the end of the stream: a decoder that begins with the frame that is not whole. */
  protected decoderInForce(): Decoder<unknown> {
    const decoder = this.codec.decoder()
    if (this.#codecLimits !== null) decoder.setLimits?.(this.#codecLimits)
    return decoder
  }

  #replace(
    former: AnyConnection,
    next: AnyConnection,
    codec: Codec<unknown, unknown>,
    leftover: Leftover,
    held: number
  ): void {
    const remains = this.remains(this.another())
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
    this.decoder = null
    this.#codecLimits = null
    this.connection = connection
    this.hooks = hooksOf(connection)
    this.#forget()
    this.state |= S.SWITCHED
    if (leftover === 'reject') this.hold(S.SIFTING)
    this.reactor.reframe(this.channel, leftover)
    this.#watchInput()
  }

  /** Begins to watch what is kept, if that is bounded by a limit of the connection's own. */
  #watchInput(): void {
    if (!this.isWatched || (this.state & S.UNSENDABLE) !== 0 || this.#watch !== null) return
    this.#watch = new BufferWatch(this.channel)
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
    if (native === undefined) this.decoder ??= this.codec.decoder()
    if (native === undefined ? this.decoder?.setLimits === undefined : native.limited === undefined)
      throw optionError('codec', `${this.codec.name} has no limits that can be changed`)
    if (native?.limited === undefined) this.decoder?.setLimits?.(limits)
    else {
      this.framing = native.limited(limits)
      this.frames = this.framing.frames()
      this.decoder = null
    }
    this.#codecLimits = limits
    if ((this.state & S.UNSENDABLE) !== 0) return
    this.#forget()
    this.state |= S.SWITCHED
    this.reactor.reframe(this.channel, 'forward')
  }

  /** What a decoder has learnt of the bytes means nothing to another. */
  #forget(): void {
    this.needed = 0
    this.scanned = 0
    this.scannedFor = -1
  }
}
