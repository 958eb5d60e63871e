import { type ComposableCodec, compose } from '@shiny/core/codec'
import { requestEncoder, responseEncoder } from './encoders.js'
import type { HttpRequest, HttpRequestHead, HttpResponse, HttpResponseHead } from './message.js'
import { type HttpHeadOptions, type HttpHeadSettings, httpHeadSettings } from './options.js'
import { RequestDecoder } from './request-decoder.js'
import { ResponseDecoder } from './response-decoder.js'

/**
 * Heads of HTTP/1.1, server side: requests without a body in, responses with a small one out. It is what a protocol needs that begins as HTTP
 * and is upgraded, as WebSocket is, and a page beside it; it is no web server.
 *
 * ```text
 *   GET /chat?room=1 HTTP/1.1 CR LF      method, target, version
 *   Host: example.com CR LF              fields
 *   Upgrade: websocket CR LF
 *   CR LF                                what follows is not looked at
 * ```
 *
 * Strict: lines end in CR LF, names have no blanks around them, no line goes on in the next, and what must come once comes once. A refusal is
 * answered, and the connection closes: 400 for what is no request, 413 and 501 for one with a body, 431 above a limit, 505 for another version.
 * Sent: fields that a peer would read as something else throw ERR_INVALID_MESSAGE.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function httpHead(options: HttpHeadOptions = {}): ComposableCodec<HttpRequest, HttpResponse> {
  const settings = httpHeadSettings('httpHead', options)
  return compose({
    name: 'httpHead',
    maxBuffered: largest(settings),
    decoder: () => new RequestDecoder(settings),
    encoder: () => responseEncoder
  })
}

/**
 * The calling side of {@link httpHead}: sends requests without a body, and delivers the heads of responses, `101` and those from 200 on. What
 * follows a head is for the protocol that the connection is upgraded to.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function httpClientHead(options: HttpHeadOptions = {}): ComposableCodec<HttpResponseHead, HttpRequestHead> {
  const settings = httpHeadSettings('httpClientHead', options)
  return compose({
    name: 'httpClientHead',
    maxBuffered: largest(settings),
    decoder: () => new ResponseDecoder(settings),
    encoder: () => requestEncoder
  })
}

function largest({ maxHead }: HttpHeadSettings): number {
  return maxHead + 64 * 1024
}
