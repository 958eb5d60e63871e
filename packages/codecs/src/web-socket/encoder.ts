import { type ByteWriter, type DecodeError, type Encoder, ShinyError } from '@shiny/core/codec'
import { unsendable } from '../options.js'
import { codeFor, isCloseCode, NO_CODE, reasonOf } from './close-code.js'
import type { FrameMask } from './frame-mask.js'
import type { WebSocketOutput } from './message.js'
import { BINARY, CLOSE, FIN, MASKED, MAX_CONTROL, PING, PONG, TEXT } from './opcode.js'

/** A text of so many UTF-16 units has at most 125 bytes. */
const SURELY_SHORT = 41

const EXPECTED = 'a string, bytes, or an object whose type is text, binary, ping, pong or close'

/** Makes a frame of each message. */
export class WebSocketEncoder implements Encoder<WebSocketOutput> {
  /** Null for a server, whose frames are not masked. */
  readonly #mask: FrameMask | null
  #closed = false

  constructor(mask: FrameMask | null) {
    this.#mask = mask
  }

  encode(message: WebSocketOutput, dst: ByteWriter): void {
    if (this.#closed)
      throw new ShinyError('ERR_CLOSED', 'nothing may be sent behind a close frame', { origin: 'encode' })
    if (typeof message === 'string') this.#text(message, dst)
    else if (message instanceof Uint8Array) this.#bytes(BINARY, message, dst)
    else this.#typed(message, dst)
  }

  encodeError(error: DecodeError, dst: ByteWriter): void {
    if (!this.#closed) this.#close(codeFor(error), reasonOf(error.message), dst)
  }

  #typed(message: Exclude<WebSocketOutput, string | Uint8Array>, dst: ByteWriter): void {
    if (typeof message !== 'object' || message === null) throw unsendable('webSocket', message, EXPECTED)
    switch (message.type) {
      case 'text':
        if (typeof message.data !== 'string') throw unsendable('webSocket', message.data, 'a string')
        this.#text(message.data, dst)
        break
      case 'binary':
        if (!(message.data instanceof Uint8Array)) throw unsendable('webSocket', message.data, 'bytes')
        this.#bytes(BINARY, message.data, dst)
        break
      case 'ping':
        this.#control(PING, message.data, dst)
        break
      case 'pong':
        this.#control(PONG, message.data, dst)
        break
      case 'close':
        this.#close(message.code ?? 1000, message.reason ?? '', dst)
        break
      default:
        throw unsendable('webSocket', message, EXPECTED)
    }
  }

  #text(text: string, dst: ByteWriter): void {
    const short = text.length <= SURELY_SHORT
    const length = short ? 0 : Buffer.byteLength(text)
    this.#head(TEXT, length, dst)
    const start = dst.length
    dst.utf8(text)
    if (short) dst.patchU8(start - 1 - (this.#mask?.size ?? 0), (dst.length - start) | this.#bit)
    this.#mask?.apply(dst, start)
  }

  #bytes(opcode: number, bytes: Uint8Array, dst: ByteWriter): void {
    this.#head(opcode, bytes.length, dst)
    const start = dst.length
    dst.bytes(bytes)
    this.#mask?.apply(dst, start)
  }

  #control(opcode: number, data: Uint8Array | string | undefined, dst: ByteWriter): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : (data ?? new Uint8Array(0))
    if (!(bytes instanceof Uint8Array)) throw unsendable('webSocket', data, 'bytes or a string')
    if (bytes.length > MAX_CONTROL) throw tooLong(bytes.length)
    this.#bytes(opcode, bytes, dst)
  }

  #close(code: number, reason: string, dst: ByteWriter): void {
    if (typeof reason !== 'string') throw unsendable('webSocket', reason, 'a string')
    if (code === NO_CODE ? reason !== '' : !Number.isInteger(code) || !isCloseCode(code)) throw notACode(code)
    const body = Buffer.alloc(code === NO_CODE ? 0 : 2 + Buffer.byteLength(reason))
    if (body.length > MAX_CONTROL) throw tooLong(body.length)
    if (body.length > 0) body.write(reason, body.writeUInt16BE(code))
    this.#bytes(CLOSE, body, dst)
    this.#closed = true
  }

  /** Writes all of a frame but its content, and the key that the content is to be masked with. */
  #head(opcode: number, length: number, dst: ByteWriter): void {
    dst.u8(opcode | FIN)
    if (length < 126) dst.u8(length | this.#bit)
    else if (length < 65_536) {
      dst.u8(126 | this.#bit)
      dst.u16(length)
    } else {
      dst.u8(127 | this.#bit)
      dst.u32(Math.floor(length / 2 ** 32))
      dst.u32(length >>> 0)
    }
    this.#mask?.begin(dst)
  }

  get #bit(): number {
    return this.#mask === null ? 0 : MASKED
  }
}

function tooLong(length: number): ShinyError {
  const message = `the content of a control frame has ${length} bytes, more than ${MAX_CONTROL}`
  return new ShinyError('ERR_FRAME_TOO_LONG', message, { origin: 'encode' })
}

function notACode(code: unknown): ShinyError {
  const expected = '1000 to 1003, 1007 to 1014, 3000 to 4999, or 1005 without a reason'
  return new ShinyError('ERR_INVALID_MESSAGE', `a close frame cannot have the code ${String(code)}: ${expected}`, {
    origin: 'encode'
  })
}
