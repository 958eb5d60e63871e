import { once } from 'node:events'
import { type HttpRequest, type HttpResponse, httpHead } from '@shiny/codecs'
import { type WebSocketAcceptOptions, WebSocketConnection, WebSocketEntrance } from '@shiny/codecs/web-socket'
import type { CloseReason, CommonServerOptions } from '@shiny/core'
import type { Test } from 'tap'
import { type ClientOptions, WebSocket } from 'ws'
import type { Journal } from './journal.js'
import { codeOf } from './noted.js'
import type { ReactorKind } from './reactors.js'
import { type Started, start } from './start.js'

/** Answers each message with the same, and notes the rest. Some texts make it do something else. */
export class Echo extends WebSocketConnection<Journal> {
  override onOpen(): void {
    const { request, protocol } = this.handshake
    this.app.note(`open ${request?.path}?${request?.query} ${protocol}`)
  }
  override onText(text: string): void {
    const [, code, reason] = /^close (\d+) (.*)$/.exec(text) ?? []
    if (code !== undefined) this.endWith(Number(code), reason)
    else if (text === 'ping me') this.ping('ping')
    else if (text === 'count to three') for (const number of ['one', 'two', 'three']) this.send(number)
    else this.send(text)
  }
  override onBinary(data: Uint8Array): void {
    this.send(data)
  }
  override onPing(data: Uint8Array): void {
    this.app.note(`ping ${Buffer.from(data)}`)
  }
  override onPong(data: Uint8Array): void {
    this.app.note(`pong ${Buffer.from(data)}`)
  }
  override onCloseFrame(code: number, reason: string): void {
    this.app.note(`close frame ${code} ${reason}`)
  }
  override onError(error: Error): void {
    this.app.note(`error ${codeOf(error)}`)
  }
  override onClose({ by, error }: CloseReason): void {
    this.app.note(`closed by ${by}${error === null ? '' : ` ${codeOf(error)}`}, ${this.closeFrame?.code ?? 'no frame'}`)
  }
}

/** Starts a server of WebSockets, and of a page at `/page`. */
export function startWebSockets(
  t: Test,
  reactor: ReactorKind,
  options: WebSocketAcceptOptions = {},
  common: CommonServerOptions & { readonly connection?: typeof Echo } = {}
): Promise<Started<HttpRequest, HttpResponse>> {
  const { connection = Echo, ...rest } = common
  class Entrance extends WebSocketEntrance<Journal> {
    override onRequest(request: HttpRequest): HttpResponse | void | Promise<HttpResponse | void> {
      if (request.path === '/page') return { status: 200, body: 'a page' }
      if (request.path === '/later')
        return new Promise((resolve) => setImmediate(resolve, { status: 200, body: 'later' }))
      if (request.path !== '/nowhere') this.accept(request, connection, options)
    }
  }
  return start(t, reactor, { codec: httpHead(), connection: Entrance, ...rest })
}

/** What a client of the package `ws` has seen, with a way to wait for it. */
export class Client {
  readonly socket: WebSocket
  readonly #messages: (string | Buffer)[] = []
  #arrived = () => {}
  /** The code and the reason of the close frame; 1006 where there was none. */
  readonly closed: Promise<[code: number, reason: string]>

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data, isBinary) => {
      this.#messages.push(isBinary ? (data as Buffer) : String(data))
      this.#arrived()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, String(reason)])))
  }

  /** The next message. */
  async next(): Promise<string | Buffer> {
    while (this.#messages.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve))
    return this.#messages.shift() as string | Buffer
  }

  async ask(data: string | Uint8Array): Promise<string | Buffer> {
    this.socket.send(data)
    return await this.next()
  }
}

/** Opens a WebSocket by the package `ws`, or fails with its error. */
export async function open(
  t: Test,
  port: number,
  path = '/',
  protocols: string[] = [],
  options: ClientOptions = {}
): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { perMessageDeflate: false, ...options })
  t.teardown(() => socket.terminate())
  const client = new Client(socket)
  await once(socket, 'open')
  return client
}
