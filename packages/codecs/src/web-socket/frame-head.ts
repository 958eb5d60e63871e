import { type ByteReader, DecodeError } from '@shiny/core/codec'
import { BINARY, CLOSE, CONTINUATION, FIN, isControl, MASKED, MAX_CONTROL, PONG, RESERVED } from './opcode.js'
import type { WebSocketLimits } from './options.js'

/** The error for bytes that are no frame. */
export function malformed(told: string): DecodeError {
  return new DecodeError('ERR_MALFORMED', told)
}

/** What the head of a frame says; RFC 6455, section 5.2. */
export class FrameHead {
  opcode = 0
  /** Whether the frame ends its message. */
  final = false
  /** Where the content begins, from the first byte of the frame on. */
  start = 0
  /** How many bytes the whole frame has. */
  total = 0
  /** Whether frames must be masked; otherwise they must not. */
  readonly #masked: boolean

  constructor(masked: boolean) {
    this.#masked = masked
  }

  /** Where the masking key lies. */
  get key(): number {
    return this.start - 4
  }

  /**
   * Reads the head of the frame in front, each part as soon as it is there. `opened` tells whether a message has begun, and `held` how many
   * bytes of it are there already.
   *
   * @returns how many bytes must be unread to go on: all of the frame, once the head is whole.
   */
  read(src: ByteReader, opened: boolean, held: number, limits: WebSocketLimits): number {
    if (src.length === 0) return 2
    this.#first(src.u8(0), opened)
    if (src.length === 1) return 2
    const second = src.u8(1)
    if ((second & MASKED) === 0 && this.#masked) throw malformed('a frame of a client is not masked')
    if ((second & MASKED) !== 0 && !this.#masked) throw malformed('a frame of a server is masked')
    const short = second & ~MASKED
    if (isControl(this.opcode) && short > MAX_CONTROL) throw malformed('a control frame is longer than 125 bytes')
    const size = short < 126 ? 2 : short === 126 ? 4 : 10
    if (src.length < size) return size
    const length = size === 2 ? short : size === 4 ? length16(src) : length64(src)
    if (!isControl(this.opcode)) checkLength(length, held, limits)
    this.start = this.#masked ? size + 4 : size
    this.total = this.start + length
    return this.total
  }

  #first(byte: number, opened: boolean): void {
    const opcode = byte & 0x0f
    if ((byte & RESERVED) !== 0) throw malformed('a frame has a reserved bit set')
    if ((opcode > BINARY && opcode < CLOSE) || opcode > PONG)
      throw malformed(`a frame has the unknown opcode ${opcode}`)
    this.opcode = opcode
    this.final = (byte & FIN) !== 0
    if (isControl(opcode)) {
      if (!this.final) throw malformed('a control frame is fragmented')
    } else if (opened !== (opcode === CONTINUATION)) {
      throw malformed(opened ? 'a message begins inside another' : 'a continuation of no message')
    }
  }
}

function length16(src: ByteReader): number {
  const length = src.u16(2)
  if (length < 126) throw malformed('the length of a frame is not in its shortest form')
  return length
}

function length64(src: ByteReader): number {
  const high = src.u32(2)
  if (high > 0x7fffffff) throw malformed('the length of a frame has its top bit set')
  const length = high * 2 ** 32 + src.u32(6)
  if (length < 65_536) throw malformed('the length of a frame is not in its shortest form')
  return length
}

function checkLength(length: number, held: number, { maxFrame, maxMessage }: WebSocketLimits): void {
  if (length > maxFrame)
    throw new DecodeError('ERR_FRAME_TOO_LONG', `the content of a frame is longer than ${maxFrame} bytes`)
  if (held + length > maxMessage)
    throw new DecodeError('ERR_FRAME_TOO_LONG', `a message is longer than ${maxMessage} bytes`)
}
