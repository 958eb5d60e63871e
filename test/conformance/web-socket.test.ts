// A server of WebSockets, and clients of the package `ws`: whole conversations, and what is refused with which close code.

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { closing, frame, length64, utf8 } from '../codecs/support/web-socket-vectors.js'
import type { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'
import { Echo, open, startWebSockets } from './driver/web-socket.js'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** The request for a WebSocket, with fields changed. */
function request(changes: Record<string, string | null> = {}, first = 'GET /chat HTTP/1.1'): string {
  const fields: Record<string, string | null> = {
    Host: 'example.com',
    Upgrade: 'websocket',
    Connection: 'keep-alive, Upgrade',
    'Sec-WebSocket-Key': KEY,
    'Sec-WebSocket-Version': '13',
    ...changes
  }
  const lines = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`]))
  return `${first}\r\n${lines.join('')}\r\n`
}

/** Reads a response. */
async function response(peer: Peer): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const first = await peer.line()
  const headers: Record<string, string> = {}
  for (let line = await peer.line(); line !== '\r'; line = await peer.line()) {
    const [, name = '', value = ''] = /^([^:]+): (.*)\r$/.exec(line) ?? []
    headers[name.toLowerCase()] = value
  }
  const body = await peer.text(Number(headers['content-length'] ?? 0))
  return { status: Number(first.split(' ')[1]), headers, body }
}

/** A peer that is through the handshake, and speaks bytes. */
async function opened(t: Test, connect: () => Promise<Peer>): Promise<Peer> {
  const peer = await connect()
  await peer.write(request())
  t.equal((await response(peer)).status, 101)
  return peer
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')

overReactors((t, reactor) => {
  t.test('messages of every length come back', async (t) => {
    const { address, journal } = await startWebSockets(t, reactor)
    const client = await open(t, address.port)
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 1_048_576]) {
      const bytes = randomBytes(length)
      t.ok(bytes.equals((await client.ask(bytes)) as Buffer), `${length} bytes`)
      const text = 'é'.repeat(length >> 1).padEnd(length - (length >> 1), 'x')
      t.equal(await client.ask(text), text, `${Buffer.byteLength(text)} bytes of text`)
    }
    client.socket.send('count to three')
    t.strictSame([await client.next(), await client.next(), await client.next()], ['one', 'two', 'three'])
    client.socket.close(1000, 'done')
    t.strictSame(await client.closed, [1000, ''])
    await journal.until('closed by local, 1000')
    t.equal(journal.count('close frame 1000 done'), 1)
  })

  t.test('fragments, and pings between them', async (t) => {
    const { address, journal } = await startWebSockets(t, reactor)
    const client = await open(t, address.port)
    const { socket } = client
    const pong = once(socket, 'pong')
    socket.send('Hel', { fin: false })
    socket.send('', { fin: false })
    socket.ping('between')
    t.equal(String((await pong)[0]), 'between')
    await journal.until('ping between')
    socket.send('lo', { fin: true })
    t.equal(await client.next(), 'Hello')
  })

  t.test('a fragmented message comes back as one', async (t) => {
    const { address } = await startWebSockets(t, reactor)
    const client = await open(t, address.port)
    const whole = randomBytes(300_000)
    for (let at = 0; at < whole.length; at += 10_000)
      client.socket.send(whole.subarray(at, at + 10_000), { fin: at + 10_000 >= whole.length })
    t.ok(whole.equals((await client.next()) as Buffer))
  })

  t.test('a ping of the server is answered', async (t) => {
    const { address, journal } = await startWebSockets(t, reactor)
    const client = await open(t, address.port)
    client.socket.send('ping me')
    await journal.until('pong ping')
  })

  t.test('closing codes, both ways', async (t) => {
    const { address, journal } = await startWebSockets(t, reactor)
    for (const code of [1000, 1001, 1011, 3000, 4999]) {
      const asked = await open(t, address.port)
      asked.socket.send(`close ${code} bye é`)
      t.strictSame(await asked.closed, [code, 'bye é'], `the server closes with ${code}`)
      await journal.until(`close frame ${code} bye é`)
      const asking = await open(t, address.port)
      asking.socket.close(code, 'hello')
      t.equal((await asking.closed)[0], code, `the client closes with ${code}`)
      await journal.until(`close frame ${code} hello`)
    }
    const silent = await open(t, address.port)
    silent.socket.close()
    t.strictSame(await silent.closed, [1005, ''])
    const gone = await open(t, address.port)
    gone.socket.terminate()
    await journal.until('closed by peer, no frame')
  })

  t.test('end() says a last word and closes as the protocol has it', async (t) => {
    class Brief extends Echo {
      override onText(text: string): void {
        this.end(`bye ${text}`)
        this.end()
      }
    }
    const { address, journal } = await startWebSockets(t, reactor, {}, { connection: Brief })
    const client = await open(t, address.port)
    t.equal(await client.ask('you'), 'bye you')
    t.strictSame(await client.closed, [1000, ''])
    await journal.until('closed by local, 1000')
  })

  t.test('what the client sends behind the close frame of the server is not delivered, but for its own', async (t) => {
    const { connect, journal } = await startWebSockets(t, reactor)
    const peer = await opened(t, connect)
    await peer.write(latin1(frame(1, 'close 4000 ') + frame(1, 'too late') + frame(9, 'x')))
    t.same(await peer.bytes(4), latin1(`\x88\x02${closing(4000)}`))
    await peer.write(latin1(frame(1, 'later') + frame(8, closing(4000))))
    t.equal((await peer.rest()).length, 0)
    await journal.until('closed by local, 4000')
    t.equal(journal.count('ping x'), 0)
  })

  t.test('frames in the packet of the handshake are not lost', async (t) => {
    const { connect, journal } = await startWebSockets(t, reactor)
    const peer = await connect()
    await peer.write(latin1(request() + frame(1, 'early') + frame(2, 'bird').slice(0, 5)))
    const { status, headers } = await response(peer)
    t.equal(status, 101)
    t.equal(headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'the example of the RFC')
    t.match(headers, { upgrade: 'websocket', connection: 'Upgrade' })
    t.same(await peer.bytes(7), latin1('\x81\x05early'))
    await journal.until('open /chat? ')
  })

  t.test('the request may come in any pieces', async (t) => {
    const { connect } = await startWebSockets(t, reactor)
    const all = latin1(request() + frame(1, 'hello'))
    for (const cut of [1, 20, request().length - 1, request().length, request().length + 1, all.length - 1]) {
      const peer = await connect()
      await peer.write(all.subarray(0, cut))
      await new Promise((resolve) => setImmediate(resolve))
      await peer.write(all.subarray(cut))
      t.equal((await response(peer)).status, 101)
      t.same(await peer.bytes(7), latin1('\x81\x05hello'), `cut at ${cut}`)
    }
  })

  t.test('a request that breaks the rules is answered with what is wrong', async (t) => {
    const { connect, journal } = await startWebSockets(t, reactor, { origins: ['https://good.example'] })
    const cases: [string, string, number, Record<string, string>?][] = [
      ['a POST', request({}, 'POST /chat HTTP/1.1'), 405, { allow: 'GET' }],
      ['HTTP/1.0', request({}, 'GET /chat HTTP/1.0'), 400],
      ['HTTP/2', request({}, 'GET /chat HTTP/2.0'), 505],
      ['no host', request({ Host: null }), 400],
      ['no upgrade', request({ Upgrade: null }), 426, { upgrade: 'websocket' }],
      ['another upgrade', request({ Upgrade: 'h2c' }), 426],
      ['no connection', request({ Connection: 'keep-alive' }), 426],
      ['another version', request({ 'Sec-WebSocket-Version': '8' }), 426, { 'sec-websocket-version': '13' }],
      ['no key', request({ 'Sec-WebSocket-Key': null }), 400],
      ['a short key', request({ 'Sec-WebSocket-Key': 'dGhl' }), 400],
      ['a key with bits to spare', request({ 'Sec-WebSocket-Key': KEY.replace('Q==', 'R==') }), 400],
      ['a garbled sub-protocol', request({ 'Sec-WebSocket-Protocol': 'a b' }), 400],
      ['a sub-protocol twice', request({ 'Sec-WebSocket-Protocol': 'a, a' }), 400],
      ['another origin', request({ Origin: 'https://evil.example' }), 403],
      ['a body', request({ 'Content-Length': '3' }), 413],
      ['a body in pieces', request({ 'Transfer-Encoding': 'chunked' }), 501],
      ['a long head', request({ Cookie: 'x'.repeat(17_000) }), 431],
      ['no HTTP', '\x16\x03\x01\r\n\r\n', 400],
      ['another address', request({}, 'GET /nowhere HTTP/1.1'), 404]
    ]
    for (const [name, bytes, status, headers = {}] of cases) {
      const peer = await connect()
      peer.end(bytes)
      const answer = await response(peer)
      t.equal(answer.status, status, `${name}: ${answer.body.trim()}`)
      t.match(answer.headers, headers)
      await peer.closed()
    }
    const peer = await connect()
    await peer.write(request({ Origin: 'https://GOOD.example' }))
    t.equal((await response(peer)).status, 101)
    t.equal(journal.entries.filter((entry) => entry.startsWith('open')).length, 1)
  })

  t.test('which origins are let in', async (t) => {
    const tries: [options: Parameters<typeof startWebSockets>[2], origin: string | null, status: number][] = [
      [{}, null, 101],
      [{}, 'http://example.com', 101],
      [{}, 'https://EXAMPLE.com:443', 101],
      [{}, 'https://example.com:444', 403],
      [{}, 'https://example.com.evil.example', 403],
      [{}, 'null', 403],
      [{}, 'example.com', 403],
      [{ origins: 'any' }, 'https://evil.example', 101],
      [{ origins: [] }, 'http://example.com', 403],
      [{ origins: (origin, { path }) => origin.endsWith('x') && path === '/chat' }, 'x', 101]
    ]
    for (const [options, origin, status] of tries) {
      const { connect } = await startWebSockets(t, reactor, options)
      const peer = await connect()
      await peer.write(request({ Origin: origin }))
      t.equal((await response(peer)).status, status, `${JSON.stringify(options)} ${origin}`)
    }
  })

  t.test('the sub-protocol is the first of the server that the client offers', async (t) => {
    const { address, journal } = await startWebSockets(t, reactor, { protocols: ['v2', 'v1'] })
    const client = await open(t, address.port, '/a?b=c', ['v0', 'v1', 'v2'])
    t.equal(client.socket.protocol, 'v2')
    await journal.until('open /a?b=c v2')
    const none = new WebSocket(`ws://127.0.0.1:${address.port}/`, ['v0'])
    const [error] = await once(none, 'error')
    t.match(error.message, /no subprotocol/, 'the client may refuse to do without')
  })

  t.test('pages beside it, one after the other on the same connection, and then a WebSocket', async (t) => {
    const { connect } = await startWebSockets(t, reactor)
    const peer = await connect()
    const get = (path: string, method = 'GET') => `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
    await peer.write(
      get('/page') + get('/later') + get('/nowhere') + request() + latin1(frame(1, 'hi')).toString('latin1')
    )
    t.match(await response(peer), { status: 200, body: 'a page', headers: { date: / GMT$/ } })
    t.match(await response(peer), { status: 200, body: 'later' })
    t.match(await response(peer), { status: 404 })
    t.match(await response(peer), { status: 101 })
    const other = await connect()
    await other.write(`${get('/page', 'HEAD')}GET /page HTTP/1.0\r\n\r\n`)
    t.match(await other.line(), '200')
    const rest = String(await other.rest())
    t.match(rest, /Content-Length: 6\r\n\r\nHTTP\/1\.1 200/, 'no body for HEAD')
    t.match(rest, /Connection: close\r\n[\s\S]*a page$/, 'HTTP/1.0 is answered once')
  })

  t.test('what a peer breaks is told by the close code, and by the error', async (t) => {
    const cases: [name: string, wire: string, code: number, error: string][] = [
      ['no mask', frame(1, 'a', { masked: false }), 1002, 'ERR_MALFORMED'],
      ['a reserved bit', frame(1, 'a', { reserved: 4 }), 1002, 'ERR_MALFORMED'],
      ['an unknown opcode', frame(3, ''), 1002, 'ERR_MALFORMED'],
      ['a long ping', frame(9, 'x'.repeat(126)), 1002, 'ERR_MALFORMED'],
      ['a close code that must not travel', frame(8, closing(1005)), 1002, 'ERR_MALFORMED'],
      ['a text that is none', frame(1, '\xff'), 1007, 'ERR_INVALID_MESSAGE'],
      [
        'a fragment that is none',
        frame(1, utf8('é').slice(0, 1), { final: false }) + frame(0, 'x'),
        1007,
        'ERR_INVALID_MESSAGE'
      ],
      ['a long message', frame(2, 'x'.repeat(1001)), 1009, 'ERR_FRAME_TOO_LONG'],
      ['a long message announced', frame(2, '', { length: [127, ...length64(2 ** 40)] }), 1009, 'ERR_FRAME_TOO_LONG']
    ]
    for (const [name, wire, code, error] of cases) {
      const { connect, journal } = await startWebSockets(t, reactor, { maxMessage: 1000 })
      const peer = await opened(t, connect)
      await peer.write(latin1(frame(1, 'first') + wire))
      t.same(await peer.bytes(7), latin1('\x81\x05first'))
      const rest = await peer.rest()
      t.equal(rest[0], 0x88)
      t.equal(rest.readUInt16BE(2), code, `${name}: ${rest.subarray(4)}`)
      await journal.until(`closed by error ${error}, no frame`)
    }
  })

  t.test('a kind of message that is not taken', async (t) => {
    class Deaf extends Echo {}
    Deaf.prototype.onText = Object.getPrototypeOf(Echo.prototype).onText
    Deaf.prototype.onBinary = Object.getPrototypeOf(Echo.prototype).onBinary
    const { address } = await startWebSockets(t, reactor, {}, { connection: Deaf })
    for (const data of ['a', new Uint8Array(1)]) {
      const client = await open(t, address.port)
      client.socket.send(data)
      t.equal((await client.closed)[0], 1003)
    }
  })

  t.test('a peer that does not answer a close frame is cut off', async (t) => {
    class Impatient extends Echo {
      override onText(text: string): void {
        super.onText(text)
        this.setTimeouts({ lifetime: 50 })
      }
    }
    const { connect, journal } = await startWebSockets(t, reactor, {}, { connection: Impatient })
    const peer = await opened(t, connect)
    await peer.write(latin1(frame(1, 'close 1000 ')))
    t.same(await peer.rest(), latin1(`\x88\x02${closing(1000)}`))
    await journal.until('closed by timeout ERR_TIMEOUT, no frame')
  })

  t.test('nothing is sent behind a close frame', async (t) => {
    const seen: unknown[] = []
    class Talkative extends Echo {
      override onText(): void {
        seen.push(this.isOpen)
        this.send({ type: 'close', code: 4001 })
        seen.push(this.isOpen)
        this.endWith(4002)
        try {
          this.send('more')
        } catch (error) {
          seen.push((error as { code: string }).code)
        }
      }
    }
    const { address } = await startWebSockets(t, reactor, {}, { connection: Talkative })
    const client = await open(t, address.port)
    client.socket.send('go')
    t.equal((await client.closed)[0], 4001)
    t.strictSame(seen, [true, false, 'ERR_CLOSED'])
  })

  t.test('a long conversation, many messages at once', async (t) => {
    const { address } = await startWebSockets(t, reactor)
    const client = await open(t, address.port)
    const sum = createHash('sha256')
    const back = createHash('sha256')
    for (let i = 0; i < 2000; i++) {
      const data = 'é'.repeat(i % 300) + i
      sum.update(data)
      client.socket.send(data)
    }
    for (let i = 0; i < 2000; i++) back.update((await client.next()) as string)
    t.equal(back.digest('hex'), sum.digest('hex'))
  })
})
