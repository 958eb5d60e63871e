import {
  type ByteReader,
  type CodecLimits,
  DecodeError,
  type Decoder,
  NEED_MORE,
  type NeedMore
} from '@shiny/core/codec'
import { Assembly } from './assembly.js'
import { isCloseCode, NO_CODE } from './close-code.js'
import { bytesOf, textOf } from './content.js'
import { FrameHead, malformed } from './frame-head.js'
import { MaskingKey } from './masking.js'
import type { WebSocketMessage } from './message.js'
import { CLOSE, isControl, PING, TEXT } from './opcode.js'
import { limitsInForce, type WebSocketLimits, type WebSocketSettings } from './options.js'

/** What reading a frame needs while it is read: one for all connections of a codec. */
export class FrameTools {
  readonly head: FrameHead
  /** The key of the frame at hand; null where frames have none. */
  readonly key: MaskingKey | null

  constructor(role: 'server' | 'client') {
    const masked = role === 'server'
    this.head = new FrameHead(masked)
    this.key = masked ? new MaskingKey() : null
  }
}

/** Puts the messages of one connection together. A frame stays where it is until it is whole; fragments are kept until their message is. */
export class WebSocketDecoder implements Decoder<WebSocketMessage> {
  readonly #own: WebSocketSettings
  readonly #head: FrameHead
  readonly #key: MaskingKey | null
  #limits: WebSocketLimits
  #assembly: Assembly | null = null
  #closed = false

  constructor(settings: WebSocketSettings, { head, key }: FrameTools) {
    this.#own = settings
    this.#limits = settings
    this.#head = head
    this.#key = key
  }

  setLimits(limits: CodecLimits): void {
    this.#limits = limitsInForce(this.#own, limits)
  }

  decode(src: ByteReader): WebSocketMessage | NeedMore {
    const head = this.#head
    while (!this.#closed) {
      const assembly = this.#assembly
      const needed = head.read(src, assembly !== null, assembly?.size ?? 0, this.#limits)
      if (src.length < needed) return src.need(needed)
      const message = this.#frame(src, src.position + head.start, head.total - head.start)
      src.beginFrame()
      src.skip(head.total)
      if (message !== NEED_MORE) return message
    }
    // Behind a close frame nothing has a meaning.
    src.skip(src.length)
    return NEED_MORE
  }

  /** A message whose last fragment never came is no message. */
  end(src: ByteReader): WebSocketMessage | NeedMore {
    const message = this.decode(src)
    if (message === NEED_MORE && src.length === 0 && this.#assembly !== null && !this.#closed)
      throw new DecodeError('ERR_TRUNCATED', 'the peer ended the stream between the fragments of a message')
    return message
  }

  /** Fragments whose message has yet to come. */
  keeps(): boolean {
    return this.#assembly !== null
  }

  /** Reads the frame whose content is `src.memory[from, from + length)`; a throw leaves it unread. */
  #frame(src: ByteReader, from: number, length: number): WebSocketMessage | NeedMore {
    const { memory } = src
    const { opcode, final } = this.#head
    this.#key?.read(memory, from - 4)
    if (opcode === CLOSE) return this.#close(bytesOf(memory, from, length, this.#key))
    if (isControl(opcode)) {
      const data = bytesOf(memory, from, length, this.#key)
      return { type: opcode === PING ? 'ping' : 'pong', data }
    }
    if (!final || this.#assembly !== null) return this.#fragment(memory, from, length)
    if (opcode === TEXT) return { type: 'text', data: textOf(memory, from, length, this.#key) }
    return { type: 'binary', data: bytesOf(memory, from, length, this.#key) }
  }

  #fragment(memory: ByteReader['memory'], from: number, length: number): WebSocketMessage | NeedMore {
    const { opcode, final } = this.#head
    this.#assembly ??= new Assembly(opcode === TEXT)
    const assembly = this.#assembly
    assembly.add(memory, from, length, this.#key)
    if (!final) return NEED_MORE
    this.#assembly = null
    if (assembly.isText) return { type: 'text', data: assembly.text() }
    return { type: 'binary', data: assembly.binary() }
  }

  #close(body: Uint8Array): WebSocketMessage {
    const { length } = body
    if (length === 1) throw malformed('the code of a close frame is cut off')
    const code = length === 0 ? NO_CODE : ((body[0] as number) << 8) | (body[1] as number)
    if (length > 0 && !isCloseCode(code)) throw malformed(`a close frame has the code ${code}`)
    const reason = length <= 2 ? '' : textOf(Buffer.from(body.buffer) as ByteReader['memory'], 2, length - 2, null)
    this.#closed = true
    return { type: 'close', code, reason }
  }
}
