import {
  type ByteReader,
  type ByteWriter,
  type ComposableCodec,
  compose,
  DecodeError,
  type Decoder,
  type Encoder,
  type FrameCursor,
  type FrameReader,
  NEED_MORE,
  type NeedMore
} from '@shiny/core/codec'
import { checkOptions, choiceOption, unsendable } from './options.js'

/** Options of {@link bytes}. */
export interface BytesOptions {
  /**
   * Deliver a view of the connection's memory, which dies when the handler returns, instead of a copy that the handler
   * owns. A copy of 16 KiB costs more than to receive it and to send it back; who only looks at a chunk, or sends it on at once,
   * does without. Default: false.
   */
  readonly borrow?: boolean
}

/** Nothing is ever incomplete, so this bounds only what waits for a paused connection: one large read and 64 KiB. */
const MAX_BUFFERED = 128 * 1024

class BytesDecoder implements Decoder<Uint8Array> {
  readonly #borrow: boolean

  constructor(borrow: boolean) {
    this.#borrow = borrow
  }

  decode(src: ByteReader): Uint8Array | NeedMore {
    const length = src.length
    if (length === 0) return NEED_MORE
    return this.#borrow ? src.borrow(length) : src.takeBytes(length)
  }
}

/** Keeps nothing of a connection; one serves all. */
class BytesFrames implements FrameReader<Uint8Array> {
  readonly #borrow: boolean
  /** The memory of the last frame and what it lies in: to ask for that costs more than all the rest. */
  #memory: Uint8Array = new Uint8Array(0)
  #buffer = this.#memory.buffer
  #offset = 0

  constructor(borrow: boolean) {
    this.#borrow = borrow
  }

  read(cursor: FrameCursor): Uint8Array {
    const end = cursor.table[cursor.at] as number
    const start = cursor.start
    cursor.at += 1
    cursor.start = end
    const { bytes } = cursor
    if (bytes !== this.#memory) {
      this.#memory = bytes
      this.#buffer = bytes.buffer
      this.#offset = bytes.byteOffset
    }
    const view = new Uint8Array(this.#buffer, this.#offset + start, end - start)
    return this.#borrow ? view : new Uint8Array(view)
  }

  refuse(reason: number): DecodeError {
    return new DecodeError('ERR_MALFORMED', `unknown refusal ${reason}`)
  }
}

class BytesEncoder implements Encoder<Uint8Array | string> {
  encode(message: Uint8Array | string, dst: ByteWriter): void {
    if (typeof message === 'string') dst.utf8(message)
    else if (message instanceof Uint8Array) dst.bytes(message)
    else throw unsendable('bytes', message, 'bytes or a string')
  }
}

/**
 * No framing: a message is what one read from the socket brought, however the peer had written it. TCP keeps no message
 * boundaries, so this suits echoing, relaying and protocols that frame for themselves, and nothing else.
 *
 * What is sent may be bytes, or a string, which goes out in UTF-8; anything else throws ERR_MESSAGE_TYPE.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown or of the wrong type
 */
export function bytes(options: BytesOptions = {}): ComposableCodec<Uint8Array, Uint8Array | string> {
  checkOptions('bytes', options, ['borrow'])
  const borrow = choiceOption('borrow', options.borrow, false, [false, true])
  const frames = new BytesFrames(borrow)
  return compose({
    name: 'bytes',
    maxBuffered: MAX_BUFFERED,
    decoder: () => new BytesDecoder(borrow),
    encoder: () => new BytesEncoder(),
    native: Object.freeze({
      plan: Object.freeze({ kind: 'bytes' as const }),
      frames: () => frames
    })
  })
}
