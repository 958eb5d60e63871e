import {
  type AppOf,
  type AppOption,
  type CloseReason,
  type CommonServerOptions,
  Connection,
  connect,
  ShinyError
} from '@shiny/core'
import { httpClientHead } from '../../http/http-head.js'
import type { HttpFieldsInit, HttpRequestHead, HttpResponseHead } from '../../http/message.js'
import { optionError } from '../../options.js'
import type { WebSocketOptions } from '../options.js'
import { webSocket } from '../web-socket.js'
import { acceptFor, checked, hasWord, newKey } from './handshake.js'
import { afterHandshake } from './web-socket-connection.js'
import type { WebSocketHandler } from './web-socket-entrance.js'

/** What {@link connectWebSocket} needs to know, besides what `connect` may be told of timeouts and output. */
export type WebSocketConnectOptions<H extends WebSocketHandler> = {
  /** `ws://HOST:PORT/PATH?QUERY`; the port is 80 by default. There is no TLS here, so no `wss`. */
  readonly url: string
  /** The class whose instance handles the WebSocket. */
  readonly connection: H
  /** Sub-protocols to offer, the most wanted first. Default: none. */
  readonly protocols?: readonly string[] | undefined
  /** More fields for the request: `Origin`, `Cookie`, `Authorization`. */
  readonly headers?: HttpFieldsInit | undefined
  /** See `WebSocketOptions`. */
  readonly maxMessage?: number | undefined
  /** See `WebSocketOptions`. */
  readonly maxFrame?: number | undefined
  /** How long connecting may take, and then the server's answer, in milliseconds each; default 10,000, 0 for no limit. */
  readonly timeout?: number | undefined
  /** Ends the attempt with `ERR_ABORTED` when it is aborted before the handshake is done; afterwards it has no effect. */
  readonly signal?: AbortSignal | undefined
} & AppOption<AppOf<NoInfer<H>>> &
  CommonServerOptions

/**
 * Opens a WebSocket to a server and resolves with the connection when the handshake is done: its `onOpen` has been called, and messages follow.
 *
 * @throws ShinyError (as a rejection) what `connect` throws; ERR_INVALID_MESSAGE where the server answers with anything but the upgrade that was
 * asked for, ERR_MALFORMED where it does not speak HTTP, ERR_TIMEOUT, ERR_CONNECTION_RESET or ERR_TRUNCATED where it does not answer
 *
 * @example
 * ```ts
 * import { connectWebSocket, WebSocketConnection } from '@shiny/codecs/web-socket'
 *
 * class Listener extends WebSocketConnection {
 *   override onText(text: string): void {
 *     console.log(text)
 *   }
 * }
 *
 * const listener = await connectWebSocket({ url: 'ws://127.0.0.1:8080/chat', connection: Listener })
 * listener.send('hello')
 * ```
 */
export async function connectWebSocket<H extends WebSocketHandler>(
  options: WebSocketConnectOptions<H>
): Promise<InstanceType<H>> {
  const { url, connection, protocols = [], headers = {}, maxMessage, maxFrame, ...rest } = options
  const limits = { ...(maxMessage !== undefined && { maxMessage }), ...(maxFrame !== undefined && { maxFrame }) }
  const codec = webSocket({ ...limits, role: 'client' } as WebSocketOptions)
  const { host, port, authority, target } = partsOf(url)
  const key = newKey()
  const request: HttpRequestHead = {
    target,
    headers: {
      Host: authority,
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': checked(protocols).length === 0 ? undefined : protocols.join(', '),
      ...headers
    }
  }
  return await new Promise<InstanceType<H>>((resolve, reject) => {
    /** Sends the request, and goes over to the protocol when the answer is right. */
    class Caller extends Connection<HttpResponseHead, HttpRequestHead> {
      override onOpen(): void {
        const { signal } = options
        const abort = () => this.destroy(new ShinyError('ERR_ABORTED', undefined, { cause: signal?.reason }))
        signal?.addEventListener('abort', abort, { once: true, signal: this.signal })
        this.send(request)
      }
      override onMessage(response: HttpResponseHead): void {
        const protocol = agreed(response, key, protocols)
        const handshake = Object.freeze({ protocol, request: null, response })
        resolve(afterHandshake(handshake, () => this.upgrade(codec, connection as WebSocketHandler)) as InstanceType<H>)
      }
      override onError(): void {}
      override onClose({ error }: CloseReason): void {
        reject(
          error ?? new ShinyError('ERR_CONNECTION_RESET', 'the server closed before it answered', { origin: 'socket' })
        )
      }
    }
    const handshake = options.timeout ?? 10_000
    const timeouts = { handshake, ...options.timeouts }
    connect({ ...rest, timeouts, host, port, codec: httpClientHead(), connection: Caller } as never).catch(reject)
  })
}

function partsOf(url: string): { host: string; port: number; authority: string; target: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || parsed.protocol !== 'ws:' || parsed.hash !== '' || parsed.username !== '')
    throw optionError('url', 'ws://HOST:PORT/PATH', url)
  const { hostname, port, host, pathname, search } = parsed
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  return { host: address, port: port === '' ? 80 : Number(port), authority: host, target: pathname + search }
}

/** The sub-protocol that an answer agrees to: RFC 6455, section 4.1. */
function agreed({ status, reason, headers }: HttpResponseHead, key: string, protocols: readonly string[]): string {
  if (status !== 101) throw refused(`answers ${status} ${reason}`)
  if (!hasWord(headers.get('upgrade'), 'websocket') || !hasWord(headers.get('connection'), 'upgrade'))
    throw refused('upgrades to something else')
  if (headers.get('sec-websocket-accept') !== acceptFor(key)) throw refused('did not understand the key')
  if (headers.has('sec-websocket-extensions')) throw refused('has chosen an extension that was not offered')
  const protocol = headers.get('sec-websocket-protocol') ?? ''
  if (protocol !== '' && !protocols.includes(protocol)) throw refused('has chosen a sub-protocol that was not offered')
  return protocol
}

function refused(what: string): ShinyError {
  return new ShinyError('ERR_INVALID_MESSAGE', `no WebSocket: the server ${what}`, { origin: 'handler' })
}
