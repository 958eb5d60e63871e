import { type AppOf, Connection, type Handler, type NeedsApp } from '@shiny/core'
import type { HttpRequest, HttpResponse } from '../../http/message.js'
import type { WebSocketMessage, WebSocketOutput } from '../message.js'
import { webSocket } from '../web-socket.js'
import { negotiate, type WebSocketUpgradeOptions } from './handshake.js'
import { afterHandshake } from './web-socket-connection.js'

/** How a request becomes a WebSocket: who may, and the limits of its messages. */
export interface WebSocketAcceptOptions extends WebSocketUpgradeOptions {
  /** See `WebSocketOptions`. */
  readonly maxMessage?: number
  /** See `WebSocketOptions`. */
  readonly maxFrame?: number
}

/** A class of connections that a WebSocket may be upgraded to. */
export type WebSocketHandler = Handler<WebSocketMessage, WebSocketOutput, unknown>

/**
 * The HTTP side of a server of WebSockets, on the codec `httpHead()`. Say in `onRequest` what becomes of a request, by its path for one: return
 * a response, which is sent, or call `accept`, which makes a WebSocket of the connection. A request for which neither is done is answered with 404.
 *
 * Give the server `timeouts` for `handshake` and `idle`, so that who connects and asks for nothing does not stay for ever.
 *
 * @example
 * ```ts
 * import type { HttpRequest, HttpResponse } from '@shiny/codecs'
 * import { WebSocketConnection, WebSocketEntrance } from '@shiny/codecs/web-socket'
 *
 * class Chat extends WebSocketConnection {
 *   override onText(text: string): void {
 *     this.send(text)
 *   }
 * }
 *
 * export class Entrance extends WebSocketEntrance {
 *   override onRequest(request: HttpRequest): HttpResponse | void {
 *     if (request.path === '/chat') this.accept(request, Chat, { origins: ['https://example.com'] })
 *     else if (request.path === '/') return { status: 200, body: 'The chat is at /chat.' }
 *   }
 * }
 * ```
 */
export abstract class WebSocketEntrance<App = unknown> extends Connection<HttpRequest, HttpResponse, App> {
  #answered = false

  /** Answers a request. The next one waits for a returned promise. */
  abstract onRequest(request: HttpRequest): HttpResponse | void | Promise<HttpResponse | void>

  /** Sees to the answer; override `onRequest` instead. */
  override onMessage(request: HttpRequest): void | Promise<void> {
    this.#answered = false
    const answer = this.onRequest(request)
    if (answer instanceof Promise) return answer.then((response) => this.#conclude(request, response))
    this.#conclude(request, answer)
  }

  /**
   * Makes a WebSocket of the connection that the request came by: answers with 101, and goes on as a new `next`, which gets all that the client
   * has sent behind its request. A request that may not is answered with what is wrong: see `webSocketUpgrade`.
   *
   * @returns the new connection, whose `onOpen` has been called; null when the request was refused, or the connection closes.
   * @throws ShinyError ERR_OPTION for options that make no sense, and whatever the constructor throws
   */
  accept<H extends WebSocketHandler>(
    request: HttpRequest,
    next: H & NeedsApp<App, AppOf<H>>,
    options: WebSocketAcceptOptions = {}
  ): InstanceType<H> | null {
    const { origins, protocols, ...limits } = options
    const codec = codecFor(limits)
    const { response, protocol } = negotiate(request, { origins, protocols })
    if (response.status !== 101) {
      this.#respond(request, response)
      return null
    }
    this.#answered = true
    if (!this.isOpen) return null
    this.send(response)
    const handshake = Object.freeze({ protocol, request, response: null })
    const upgraded = afterHandshake(handshake, () => this.upgrade(codec, next as WebSocketHandler))
    return upgraded as InstanceType<H>
  }

  #conclude(request: HttpRequest, response: HttpResponse | void): void {
    if (this.#answered) return
    this.#respond(request, response ?? { status: 404, headers: { 'Content-Type': 'text/plain' }, body: 'Not Found\n' })
  }

  #respond(request: HttpRequest, response: HttpResponse): void {
    this.#answered = true
    if (!this.isOpen) return
    const headers = { Date: new Date().toUTCString(), ...response.headers }
    const headOnly = request.method === 'HEAD' || response.headOnly
    if (request.keepAlive) this.send({ ...response, headers, headOnly })
    else this.end({ ...response, headers: { ...headers, Connection: 'close' }, headOnly })
  }
}

/** The codec of the connection before: nearly always all have the same limits, and can share one. */
let latest = { limits: {}, codec: webSocket() }

function codecFor(limits: Omit<WebSocketAcceptOptions, keyof WebSocketUpgradeOptions>): typeof latest.codec {
  const { maxMessage, maxFrame, ...others } = limits
  const before: typeof limits = latest.limits
  const isSame = maxMessage === before.maxMessage && maxFrame === before.maxFrame && Object.keys(others).length === 0
  if (!isSame) latest = { limits, codec: webSocket({ ...limits, role: 'server' }) }
  return latest.codec
}
