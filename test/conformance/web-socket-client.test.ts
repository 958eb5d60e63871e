// connectWebSocket() against a server of the package `ws`, and against servers that do not keep to the protocol.

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { connectWebSocket, WebSocketConnection } from '@shiny/codecs/web-socket'
import type { CloseReason } from '@shiny/core'
import type { Test } from 'tap'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { Journal } from './driver/journal.js'
import { codeOf } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'

/** Notes what comes; bytes are kept. */
class Caller extends WebSocketConnection<Journal> {
  readonly received: Uint8Array[] = []
  override onOpen(): void {
    this.app.note(`open ${this.handshake.response?.status} ${this.handshake.protocol}`)
  }
  override onText(text: string): void {
    this.app.note(text.length > 100 ? `text of ${text.length}` : `text ${text}`)
  }
  override onBinary(data: Uint8Array): void {
    this.received.push(data)
    this.app.note(`bytes ${data.length}`)
  }
  override onPong(data: Uint8Array): void {
    this.app.note(`pong ${Buffer.from(data)}`)
  }
  override onError(error: Error): void {
    this.app.note(`error ${codeOf(error)}`)
  }
  override onClose({ error }: CloseReason): void {
    this.app.note(`closed ${error === null ? '' : codeOf(error)} ${this.closeFrame?.code} ${this.closeFrame?.reason}`)
  }
}

/** A server of the package `ws` that answers each message with the same. */
async function echoes(t: Test, options: ServerOptions = {}): Promise<{ url: string; accepted: Promise<WebSocket> }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, ...options })
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  })
  await once(server, 'listening')
  const accepted = once(server, 'connection').then(([socket]) => socket as WebSocket)
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat?a=b`, accepted }
}

/** A server that answers a request with these lines, and then with what it is given. */
async function answers(t: Test, answer: (key: string, socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (data) => answer(/Sec-WebSocket-Key: (.*)\r\n/.exec(String(data))?.[1] ?? '', socket))
    t.teardown(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const ACCEPTED = 'HTTP/1.1 101 Yes\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: '

/** What a server makes of a key. */
function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

overReactors((t, reactor) => {
  const call = async (url: string, options: object = {}) => {
    const app = new Journal()
    const caller = await connectWebSocket({ url, connection: Caller, app, reactor, ...options })
    return { caller, app }
  }

  t.test('messages of every length come back', async (t) => {
    const { url } = await echoes(t)
    const { caller, app } = await call(url)
    t.strictSame(app.entries, ['open 101 '])
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 1_048_576]) {
      const bytes = new Uint8Array(randomBytes(length))
      caller.send(bytes)
      await app.until(`bytes ${length}`)
      t.ok(Buffer.from(bytes).equals(caller.received.at(-1) as Uint8Array), `${length} bytes`)
    }
    caller.send('κόσμε')
    await app.until('text κόσμε')
    caller.ping('are you there')
    await app.until('pong are you there')
    caller.endWith(4001, 'done')
    await app.starting('closed')
    t.equal(app.entries.at(-1), 'closed  4001 done')
  })

  t.test('fragments, pings and closing of the server', async (t) => {
    const { url, accepted } = await echoes(t)
    const { caller, app } = await call(url)
    const server = await accepted
    const pong = once(server, 'pong')
    server.send('Hel', { fin: false })
    server.ping('p')
    t.equal(String((await pong)[0]), 'p', 'a ping between fragments is answered')
    server.send('lo', { fin: true })
    await app.until('text Hello')
    const closed = once(server, 'close')
    server.close(1012, 'again soon')
    await app.until('closed  1012 again soon')
    t.equal((await closed)[0], 1012)
    t.equal(caller.isOpen, false)
  })

  t.test('the request says what it is told to', async (t) => {
    const { url } = await echoes(t, {
      handleProtocols: (protocols) => [...protocols].at(-1) ?? false,
      verifyClient: ({ req }: { req: IncomingMessage }) =>
        req.url === '/chat?a=b' && req.headers.cookie === 'a=1' && req.headers.origin === 'http://a'
    })
    const { app } = await call(url, { protocols: ['v2', 'v1'], headers: { Cookie: 'a=1', Origin: 'http://a' } })
    t.strictSame(app.entries, ['open 101 v1'])
    await t.rejects(call(url), { code: 'ERR_INVALID_MESSAGE', message: /answers 401 Unauthorized/ })
  })

  t.test('frames in the packet of the answer are not lost', async (t) => {
    const url = await answers(t, (key, socket) => {
      socket.write(`HTTP/1.1 103 Wait\r\n\r\n${ACCEPTED}${acceptFor(key)}\r\n\r\n\x81\x05early\x81\x05`, 'latin1')
      socket.write('later')
    })
    const { app } = await call(url)
    await app.until('text later')
    t.strictSame(app.entries, ['open 101 ', 'text early', 'text later'])
  })

  t.test('a server that breaks the rules is refused', async (t) => {
    const cases: [name: string, after: string, wire: Buffer][] = [
      ['a masked frame', 'ERR_MALFORMED', Buffer.from('\x81\x81\0\0\0\0a', 'latin1')],
      ['a text that is none', 'ERR_INVALID_MESSAGE', Buffer.from('\x81\x01\xff', 'latin1')],
      ['a long message', 'ERR_FRAME_TOO_LONG', Buffer.from('\x82\x7e\x10\x00', 'latin1')]
    ]
    for (const [name, code, wire] of cases) {
      const told = new Promise<Buffer>((resolve, reject) => {
        const url = answers(t, (key, socket) => {
          socket.write(`${ACCEPTED}${acceptFor(key)}\r\n\r\n`)
          socket.write(wire)
          const chunks: Buffer[] = []
          socket.on('data', (chunk) => chunks.push(chunk))
          socket.on('end', () => resolve(Buffer.concat(chunks)))
        })
        url.then((url) => call(url, { maxMessage: 1000 })).then(({ app }) => app.until(`error ${code}`), reject)
      })
      const frame = await told
      t.equal(frame[0], 0x88, name)
      t.ok(((frame[1] as number) & 0x80) !== 0, 'its close frame is masked')
    }
  })

  t.test('an answer that is no upgrade rejects', async (t) => {
    const good = (key: string) => `${ACCEPTED}${acceptFor(key)}\r\n`
    const cases: [name: string, answer: (key: string) => string, code: string, told: RegExp][] = [
      ['a page', () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', 'ERR_INVALID_MESSAGE', /answers 200 OK/],
      ['no upgrade', () => 'HTTP/1.1 101 Yes\r\n\r\n', 'ERR_INVALID_MESSAGE', /something else/],
      ['another key', () => `${ACCEPTED}AAAA\r\n\r\n`, 'ERR_INVALID_MESSAGE', /did not understand the key/],
      [
        'a sub-protocol',
        (key) => `${good(key)}Sec-WebSocket-Protocol: x\r\n\r\n`,
        'ERR_INVALID_MESSAGE',
        /sub-protocol/
      ],
      ['an extension', (key) => `${good(key)}Sec-WebSocket-Extensions: x\r\n\r\n`, 'ERR_INVALID_MESSAGE', /extension/],
      ['no HTTP', () => 'SSH-2.0\r\n', 'ERR_MALFORMED', /no response of HTTP/]
    ]
    for (const [name, answer, code, told] of cases) {
      const url = await answers(t, (key, socket) => void socket.write(answer(key)))
      await t.rejects(call(url), { code, message: told }, name)
    }
    const hangs = await answers(t, (_, socket) => void socket.end())
    await t.rejects(call(hangs), { code: 'ERR_CONNECTION_RESET' }, 'the end')
    const half = await answers(t, (_, socket) => void socket.end('HTTP/1.1 101'))
    await t.rejects(call(half), { code: 'ERR_TRUNCATED' }, 'half an answer')
  })

  t.test('a server that does not answer', async (t) => {
    const url = await answers(t, () => undefined)
    await t.rejects(call(url, { timeouts: { handshake: 50 } }), { code: 'ERR_TIMEOUT' })
    const controller = new AbortController()
    const aborted = await answers(t, () => controller.abort(new Error('enough')))
    await t.rejects(call(aborted, { signal: controller.signal }), { code: 'ERR_ABORTED', cause: { message: 'enough' } })
  })

  t.test('what cannot be asked for', async (t) => {
    for (const url of ['wss://a/', 'http://a/', 'ws://a/#b', 'ws://me@a/', 'nothing', ''])
      await t.rejects(call(url), { code: 'ERR_OPTION', path: 'url' }, url)
    await t.rejects(call('ws://127.0.0.1:1/', { protocols: ['a b'] }), { code: 'ERR_OPTION', path: 'protocols[0]' })
    await t.rejects(call('ws://127.0.0.1:1/', { maxMessage: -1 }), { code: 'ERR_OPTION', path: 'maxMessage' })
    await t.rejects(call('ws://127.0.0.1:1/', { colour: 1 }), { code: 'ERR_OPTION', path: 'colour' })
    await t.rejects(call('ws://127.0.0.1:1/'), { code: 'ERR_CONNECT_REFUSED' })
  })
})
