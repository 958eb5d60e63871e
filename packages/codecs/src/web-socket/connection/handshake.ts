import { createHash, randomBytes } from 'node:crypto'
import { listOf, TOKEN } from '../../http/fields.js'
import type { HttpRequest, HttpResponse } from '../../http/message.js'
import { optionError } from '../../options.js'

/** Which requests may become WebSockets. */
export interface WebSocketUpgradeOptions {
  /**
   * Who may open one from a page. `same` (default): pages of the host that the request is for. `any`: all. An array: pages of these origins,
   * such as `https://example.com`. A function decides by the origin. Programs that are no browsers send no origin, and are let in.
   */
  readonly origins?:
    | 'same'
    | 'any'
    | readonly string[]
    | ((origin: string, request: HttpRequest) => boolean)
    | undefined
  /** Sub-protocols, the most wanted first: the first of them that the client offers is chosen. Default: none. */
  readonly protocols?: readonly string[] | undefined
}

/** What came of a request: the answer, and the sub-protocol that was chosen. */
export interface Negotiated {
  readonly response: HttpResponse
  readonly protocol: string
}

/** What is hashed behind a key: RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const VERSION = '13'
/** 16 bytes in base64, the unused bits of the last character being zero. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/

/** Proves that a key was understood. */
export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64')
}

/** A key that nobody can foretell. */
export function newKey(): string {
  return randomBytes(16).toString('base64')
}

/** Whether a field that is a list has this word, in any case of letters. */
export function hasWord(value: string | undefined, word: string): boolean {
  return listOf(value).some((element) => element.toLowerCase() === word)
}

/**
 * Answers the request for a WebSocket, by the rules of RFC 6455, section 4.2: with 101, behind which the connection is to be upgraded to
 * `webSocket()`, or with what is wrong. 400: it breaks the rules; 403: its origin is not let in; 405: it is no GET; 426: it asks for no
 * WebSocket, or for another version of it.
 *
 * @throws ShinyError ERR_OPTION for options that make no sense
 */
export function webSocketUpgrade(request: HttpRequest, options: WebSocketUpgradeOptions = {}): HttpResponse {
  return negotiate(request, options).response
}

/** See {@link webSocketUpgrade}. */
export function negotiate(
  request: HttpRequest,
  { origins = 'same', protocols = [] }: WebSocketUpgradeOptions
): Negotiated {
  const { headers } = request
  if (request.method !== 'GET') return refusal(405, 'a WebSocket is asked for by GET', { Allow: 'GET' })
  if (request.version !== '1.1') return refusal(400, 'a WebSocket is asked for by HTTP/1.1')
  if (!hasWord(headers.get('upgrade'), 'websocket') || !hasWord(headers.get('connection'), 'upgrade'))
    return refusal(426, 'this is the address of a WebSocket', { Upgrade: 'websocket', Connection: 'Upgrade' })
  if (headers.get('sec-websocket-version') !== VERSION) {
    const told = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': VERSION }
    return refusal(426, 'only version 13 of WebSocket is spoken here', told)
  }
  const key = headers.get('sec-websocket-key') ?? ''
  if (!KEY.test(key)) return refusal(400, 'the key of a WebSocket is not 16 bytes in base64')
  const offered = listOf(headers.get('sec-websocket-protocol'))
  if (!offered.every((name) => TOKEN.test(name)) || new Set(offered).size < offered.length)
    return refusal(400, 'the sub-protocols that are offered make no sense')
  const origin = headers.get('origin')
  if (origin !== undefined && !letsIn(origins, origin, request)) return refusal(403, 'this origin is not let in')
  const protocol = checked(protocols).find((name) => offered.includes(name)) ?? ''
  const accepted = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': acceptFor(key),
    'Sec-WebSocket-Protocol': protocol === '' ? undefined : protocol
  }
  return { response: { status: 101, headers: accepted }, protocol }
}

function letsIn(
  origins: NonNullable<WebSocketUpgradeOptions['origins']>,
  origin: string,
  request: HttpRequest
): boolean {
  if (typeof origins === 'function') return origins(origin, request)
  if (origins === 'any') return true
  if (origins === 'same') return isSame(origin, request.headers.get('host') ?? '')
  if (Array.isArray(origins)) return origins.some((one) => String(one).toLowerCase() === origin.toLowerCase())
  throw optionError('origins', '"same", "any", an array of origins or a function', origins)
}

/** Whether a page of `origin` came from `host`, under whatever scheme: what stands in front may speak another than this side. */
function isSame(origin: string, host: string): boolean {
  try {
    const { protocol, host: page } = new URL(origin)
    return page !== '' && page === new URL(`${protocol}//${host}`).host
  } catch {
    return false
  }
}

/** Sub-protocols that may stand in a field. */
export function checked(protocols: readonly string[]): readonly string[] {
  for (const [i, name] of protocols.entries())
    if (typeof name !== 'string' || !TOKEN.test(name))
      throw optionError(`protocols[${i}]`, 'a name without blanks', name)
  return protocols
}

function refusal(status: number, told: string, headers: Record<string, string> = {}): Negotiated {
  const response = { status, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }, body: `${told}\n` }
  return { response, protocol: '' }
}
