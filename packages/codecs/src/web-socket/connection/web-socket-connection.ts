import { Connection } from '@shiny/core'
import type { HttpRequest, HttpResponseHead } from '../../http/message.js'
import type { WebSocketMessage, WebSocketOutput } from '../message.js'

/** How a WebSocket came to be. */
export interface WebSocketHandshake {
  /** The sub-protocol that was agreed on; empty for none. */
  readonly protocol: string
  /** What the client asked for; null on the client's own side. */
  readonly request: HttpRequest | null
  /** What the server answered, on the client's side; otherwise null. */
  readonly response: HttpResponseHead | null
}

const UNKNOWN: WebSocketHandshake = Object.freeze({ protocol: '', request: null, response: null })

/** The handshake of the connection that is constructed next. */
let entering = UNKNOWN

/** Lets `construct` make a connection that knows how it came to be from its first line on. */
export function afterHandshake<C>(handshake: WebSocketHandshake, construct: () => C): C {
  const outer = entering
  entering = handshake
  try {
    return construct()
  } finally {
    entering = outer
  }
}

/** In milliseconds: how long a peer may take to answer a close frame. */
const CLOSING = 5000
/** The close code for a kind of message that is not taken. */
const UNACCEPTABLE = 1003

/**
 * One WebSocket, of either side. Subclass it and override `onText`, `onBinary` or both; the other hooks are those of a Connection. Pings are
 * answered, and so is a close frame; a kind of message that you do not override is refused by the close code 1003.
 *
 * @example
 * ```ts
 * import { httpHead, type HttpRequest } from '@shiny/codecs'
 * import { WebSocketConnection, WebSocketEntrance } from '@shiny/codecs/web-socket'
 * import { Server } from '@shiny/core'
 *
 * class Echo extends WebSocketConnection {
 *   override onText(text: string): void {
 *     this.send(text)
 *   }
 * }
 *
 * class Entrance extends WebSocketEntrance {
 *   override onRequest(request: HttpRequest): void {
 *     this.accept(request, Echo)
 *   }
 * }
 *
 * new Server({ codec: httpHead(), connection: Entrance })
 * ```
 */
export abstract class WebSocketConnection<App = unknown> extends Connection<WebSocketMessage, WebSocketOutput, App> {
  /** How it came to be. Of a connection that was upgraded by other means than this package's, nothing is known. */
  readonly handshake: WebSocketHandshake = entering
  #closing = false
  #closeFrame: { readonly code: number; readonly reason: string } | null = null

  /** The close frame that the peer has sent; null where it has sent none, so that in `onClose` the end was no clean one. */
  get closeFrame(): { readonly code: number; readonly reason: string } | null {
    return this.#closeFrame
  }

  /** Whether messages may be sent: false from the first close frame on, whoever sent it. */
  override get isOpen(): boolean {
    return !this.#closing && super.isOpen
  }

  /** A text has come. The next message waits for a returned promise. Default: the connection is closed with the code 1003. */
  onText(_text: string): void | Promise<void> {
    this.endWith(UNACCEPTABLE, 'texts are not taken')
  }

  /** Bytes have come, which are yours. The next message waits for a returned promise. Default: the connection is closed with the code 1003. */
  onBinary(_data: Uint8Array): void | Promise<void> {
    this.endWith(UNACCEPTABLE, 'only texts are taken')
  }

  /** A ping has come, and is answered already. */
  onPing(_data: Uint8Array): void {}

  /** A pong has come, to a ping or unasked. */
  onPong(_data: Uint8Array): void {}

  /** The peer's close frame has come; it is answered next, unless it is an answer itself. The code is 1005 where it has none. */
  onCloseFrame(_code: number, _reason: string): void {}

  /** Sends a ping with content of at most 125 bytes; the peer answers with the same. */
  ping(data?: Uint8Array | string): void {
    this.send({ type: 'ping', data })
  }

  /**
   * Closes as the protocol has it: sends a close frame, and closes when the peer's has come, or after 5 seconds. No messages are delivered any
   * more. Does nothing once a close frame has been sent.
   *
   * @throws ShinyError ERR_INVALID_MESSAGE for a code that must not travel, ERR_FRAME_TOO_LONG for a reason above 123 bytes of UTF-8
   */
  endWith(code = 1000, reason = ''): void {
    if (this.isOpen) this.send({ type: 'close', code, reason })
  }

  /** Sends a message. A close frame does what `endWith` does. See {@link Connection.send}. */
  override send(message: WebSocketOutput): boolean {
    const sent = super.send(message)
    if (typeof message === 'object' && 'type' in message && message.type === 'close') {
      this.#closing = true
      this.setTimeouts({ lifetime: CLOSING })
    }
    return sent
  }

  /** Sends `last` if it is given, and then a close frame with the code 1000; closes as `endWith` does. */
  override end(...last: [] | [message: WebSocketOutput]): void {
    if (last.length === 1) this.send(last[0])
    this.endWith()
  }

  /** Takes the message apart; override the hooks above instead. */
  override onMessage(message: WebSocketMessage): void | Promise<void> {
    switch (message.type) {
      case 'text':
        return this.#closing ? undefined : this.onText(message.data)
      case 'binary':
        return this.#closing ? undefined : this.onBinary(message.data)
      case 'ping':
        if (this.#closing) return
        if (this.isOpen) this.send({ type: 'pong', data: message.data })
        this.onPing(message.data)
        break
      case 'pong':
        if (!this.#closing) this.onPong(message.data)
        break
      case 'close':
        this.#closed(message.code, message.reason)
    }
  }

  #closed(code: number, reason: string): void {
    this.#closeFrame = { code, reason }
    const answered = this.#closing
    this.#closing = true
    try {
      this.onCloseFrame(code, reason)
    } finally {
      if (answered) this.close()
      else if (super.isOpen) super.end({ type: 'close', code })
    }
  }
}
