import {
  type ByteReader,
  type Decoder,
  type FrameCursor,
  type FrameReader,
  NEED_MORE,
  type RawBuffer
} from '../codec/index.js'
import { DecodeError } from '../errors/index.js'
import { Protocol } from './protocol.js'
import * as S from './state.js'

/**
 * The inside of a connection: its life, and how its bytes become messages. A reactor calls it; the Connection in front of it
 * is what the user sees.
 */
export class Channel extends Protocol {
  protected override get channel(): this {
    return this
  }

  protected override another(): Channel {
    return new Channel(this.id, this.slot, this.reactor, this.host)
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
        else {
          const place = this.received + frame - began + passedBy(error)
          if (!this.mayContinue(error, cursor.start > frame, place)) break
        }
      }
    }
    this.received += cursor.start - began
    this.host.delivered += delivered
  }

  /** Whether messages wait that were made of bytes consumed already. */
  get pending(): boolean {
    return this.decoder?.pending?.() ?? false
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
    this.decoder ??= this.codec.decoder()
    this.#decodeAll(reader, start, this.decoder, false)
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
    if (start < end && this.frames !== null) this.decoder ??= this.decoderInForce()
    const decoder = this.decoder
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

  #decodeAll(reader: ByteReader, start: number, decoder: Decoder<unknown>, ending: boolean): void {
    const { connection } = this
    let decoding = true
    while ((this.state & S.HELD) === 0) {
      const before = reader.position
      // Without a method that says so, a message has bytes of its own.
      const pending = decoder.pending?.() ?? false
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
        else {
          const place = this.received + placeOf(error, before, reader) - start
          if (!this.mayContinue(error, pending || reader.position > before, place)) return
        }
      }
    }
  }
}

/** Where the frame begins that was refused. A decoder may have passed over others before it; one that gives up has not consumed it. */
function placeOf(error: unknown, before: number, reader: ByteReader): number {
  const gaveUp = error instanceof DecodeError && !error.recoverable
  return gaveUp ? reader.position : before + passedBy(error)
}

function passedBy(error: unknown): number {
  return error instanceof DecodeError && error.recoverable ? error.passed : 0
}
