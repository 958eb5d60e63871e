import { bytes, line, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import {
  Address,
  type AdmissionOptions,
  type Codec,
  Connection,
  encodeProxyHeader,
  type ProxyHeader,
  Server,
  type ServerOptions
} from '@shiny/core'
import type { Test } from 'tap'
import { frame, frames } from './driver/frames.js'
import { Journal } from './driver/journal.js'
import { codeOf, Noted } from './driver/noted.js'
import { overReactors, type ReactorKind } from './driver/reactors.js'
import { listen, loopback, socketPath } from './driver/start.js'

const source = Address.ip('203.0.113.9', 56324)
const destination = Address.ip('198.51.100.7', 443)
const proxyProtocol = { from: ['127.0.0.1'] }
const v1 = encodeProxyHeader({ version: 1, source, destination })
const v2 = encodeProxyHeader({ source, destination, checksum: true })

/** Notes where it is told to be, as soon as it can. */
class Placed<In = string, Out = In> extends Noted<In, Out> {
  constructor() {
    super()
    this.app.note(`made ${this.remote}`)
  }

  override onOpen(): void {
    this.app.note(`open ${this.remote} ${this.local}`)
  }

  override onBatchEnd(): void {
    this.app.note('batch')
  }
}

const opened = [`made ${source}`, `open ${source} ${destination}`]

/** Starts a server behind a proxy; it notes who is dropped. */
async function startBehind<In = string, Out = In>(
  t: Test,
  reactor: ReactorKind,
  options: Partial<Pick<ServerOptions<In, Out, Journal>, 'codec' | 'connection' | 'timeouts'>> & AdmissionOptions = {},
  at = loopback
) {
  const journal = new Journal()
  const defaults = { codec: line(), connection: Placed, app: journal, reactor, proxyProtocol }
  const server = new Server<In, Out, Journal>({ ...defaults, ...options } as never)
  server.on('drop', (peer, reason, error) => journal.note(`drop ${peer.host} ${reason} ${error && codeOf(error)}`))
  server.on('connectionError', (error) => journal.note(`failed ${codeOf(error)}`))
  return { server, journal, ...(await listen(t, server, at)) }
}

overReactors((t, reactor) => {
  for (const [name, header] of [
    ['1', v1],
    ['2', v2]
  ] as const) {
    t.test(`version ${name}: the ends are those of the header, from the constructor on`, async (t) => {
      const { connect, journal } = await startBehind(t, reactor)
      const peer = await connect()
      await peer.write(header)
      await journal.until(opened[1] as string)
      await peer.write('hello\n')
      await journal.until('batch')
      peer.end()
      await journal.until('close peer')
      t.strictSame(journal.entries, [...opened, 'message hello', 'batch', 'end', 'close peer'])
    })

    t.test(`version ${name}: bytes behind the header are the codec's, in one piece with it`, async (t) => {
      const { connect, journal } = await startBehind(t, reactor)
      const peer = await connect()
      await peer.write(Buffer.concat([header, Buffer.from('one\ntwo\nthr')]))
      await journal.until('message two')
      await peer.write('ee\n')
      await journal.until('message three')
      t.strictSame(
        journal.entries.filter((entry) => entry !== 'batch'),
        [...opened, 'message one', 'message two', 'message three']
      )
    })

    t.test(`version ${name}: byte by byte`, async (t) => {
      const { connect, journal } = await startBehind(t, reactor)
      const peer = await connect()
      for (const byte of Buffer.concat([header, Buffer.from('one\ntwo\n')])) {
        await peer.write(Uint8Array.of(byte))
        await new Promise((resolve) => setImmediate(resolve))
      }
      await journal.until('message two')
      t.strictSame(
        journal.entries.filter((entry) => entry !== 'batch'),
        [...opened, 'message one', 'message two']
      )
    })

    t.test(`version ${name}: a header, a message and the end in one piece`, async (t) => {
      const { connect, journal } = await startBehind(t, reactor)
      const peer = await connect()
      peer.end(Buffer.concat([header, Buffer.from('last\n')]))
      await journal.until('close peer')
      t.strictSame(journal.entries, [...opened, 'message last', 'batch', 'end', 'close peer'])
    })

    t.test(`version ${name}: every codec takes over: RESP, bytes, and one without native framing`, async (t) => {
      class Commands extends Connection<RespCommand, RespReply, Journal> {
        override onMessage(command: RespCommand): void {
          this.send(command.text(1))
        }
      }
      class Echo<In> extends Connection<In, In, Journal> {
        override onMessage(message: In): void {
          this.send(message)
        }
      }
      const cases = [
        { codec: resp(), connection: Commands, sent: '*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n', answer: '$2\r\nhi\r\n' },
        { codec: bytes(), connection: Echo<Uint8Array>, sent: 'hi', answer: 'hi' },
        { codec: frames(), connection: Echo<string | null>, sent: frame('hi'), answer: frame('hi').toString() }
      ]
      for (const { codec, connection, sent, answer } of cases) {
        const started = await startBehind(t, reactor, {
          codec: codec as unknown as Codec<never, unknown>,
          connection: connection as never
        })
        const peer = await started.connect()
        await peer.write(Buffer.concat([header, Buffer.from(sent), Buffer.from(sent)]))
        await peer.write(sent)
        t.equal(await peer.text(answer.length * 3), answer.repeat(3), codec.name)
      }
    })

    t.test(`version ${name}: many messages behind the header`, async (t) => {
      const { connect, journal } = await startBehind(t, reactor)
      const count = 20_000
      const lines = Array.from({ length: count }, (_, i) => `line ${i}\n`).join('')
      const peer = await connect()
      await peer.write(Buffer.concat([header, Buffer.from(lines)]))
      await journal.until(`message line ${count - 1}`)
      const messages = journal.entries.filter((entry) => entry.startsWith('message'))
      t.strictSame(
        messages,
        Array.from({ length: count }, (_, i) => `message line ${i}`)
      )
    })
  }

  t.test('the header is there to be looked at', async (t) => {
    const seen: (ProxyHeader | null)[] = []
    class Looking extends Connection<string, string, Journal> {
      override onOpen(): void {
        seen.push(this.proxy)
        this.app.note('open')
      }
      override onMessage(): void {}
    }
    const { connect, journal } = await startBehind(t, reactor, { connection: Looking })
    const tlvs = [
      { type: 2, value: Buffer.from('example.org') },
      { type: 0xe1, value: Buffer.from([1, 2]) }
    ]
    const peer = await connect()
    await peer.write(encodeProxyHeader({ source, destination, tlvs }))
    await journal.until('open')
    t.match(seen[0], { version: 2, command: 'proxy', authority: 'example.org', alpn: null, uniqueId: null })
    t.equal(String(seen[0]?.source), String(source))
    t.equal(seen[0]?.peer.host, '127.0.0.1')
    t.equal(seen[0]?.peer.port, peer.socket.localPort)
    t.strictSame([...(seen[0]?.tlvs[1]?.value ?? [])], [1, 2])
  })

  t.test('a connection without a proxy has no header', async (t) => {
    const seen: unknown[] = []
    class Looking extends Placed {
      override onOpen(): void {
        seen.push(this.proxy)
        super.onOpen()
      }
    }
    const { connect, journal } = await startBehind(t, reactor, { connection: Looking, proxyProtocol: undefined })
    await connect()
    await journal.starting('open')
    t.strictSame(seen, [null])
  })

  t.test('a proxy on its own account has its own address', async (t) => {
    const headers = [
      encodeProxyHeader({ command: 'local' }),
      encodeProxyHeader({}),
      encodeProxyHeader({ version: 1 }),
      Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n')
    ]
    const { connect, journal, address } = await startBehind(t, reactor)
    for (const [i, header] of headers.entries()) {
      const peer = await connect()
      await peer.write(header)
      const end = `127.0.0.1:${peer.socket.localPort}`
      await journal.until(`open ${end} ${address}`)
      t.equal(journal.entries[2 * i], `made ${end}`)
    }
  })

  t.test('createConnection is told the address of the header, and its refusal names it', async (t) => {
    const journal = new Journal()
    class Picky extends Server<string, string, Journal> {
      protected override createConnection(peer: Address): Placed | null {
        journal.note(`asked ${peer}`)
        return peer.host === source.host ? null : new Placed()
      }
    }
    const server = new Picky({ codec: line(), connection: Placed, app: journal, reactor, proxyProtocol })
    server.on('drop', (peer, reason) => journal.note(`drop ${peer} ${reason}`))
    const { connect } = await listen(t, server, loopback)
    const refused = await connect()
    await refused.write(Buffer.concat([v2, Buffer.from('never\n')]))
    t.equal((await refused.rest()).length, 0)
    const other = Address.ip('203.0.113.10', 1)
    await (await connect()).write(encodeProxyHeader({ source: other, destination }))
    await journal.until(`open ${other} ${destination}`)
    t.strictSame(journal.entries, [
      `asked ${source}`,
      `drop ${source} handler`,
      `asked ${other}`,
      `made ${other}`,
      `open ${other} ${destination}`
    ])
    t.equal(server.connections.size, 1)
  })

  t.test('what a constructor and a listener of `connection` send goes by the codec', async (t) => {
    class Eager extends Placed {
      constructor() {
        super()
        this.send('from the constructor')
      }
    }
    const { connect, server } = await startBehind(t, reactor, { connection: Eager })
    server.on('connection', (connection) => void (connection as unknown as Eager).send('from a listener'))
    const peer = await connect()
    await peer.write(v2)
    t.equal(await peer.line(), 'from the constructor')
    t.equal(await peer.line(), 'from a listener')
  })

  t.test('a constructor that throws, a hook that throws and a hook that closes', async (t) => {
    class Fragile extends Placed {
      constructor() {
        super()
        if (this.remote.port === 1) throw new Error('constructor')
      }
      override onOpen(): void {
        if (this.remote.port === 2) throw new Error('open')
        if (this.remote.port === 3) this.end('bye')
        if (this.remote.port === 4) this.destroy()
      }
    }
    const { connect, journal, server } = await startBehind(t, reactor, { connection: Fragile })
    server.on('error', (error) => journal.note(`server ${error.message}`))
    for (const port of [1, 2, 3, 4]) {
      const peer = await connect()
      const header = encodeProxyHeader({ source: Address.ip('203.0.113.9', port), destination })
      await peer.write(Buffer.concat([header, Buffer.from('never\n')]))
      t.equal((await peer.rest()).toString(), port === 3 ? 'bye\n' : '', `port ${port}`)
    }
    await journal.when(() => server.connections.size === 0)
    await server.stop()
    t.strictSame(
      journal.entries.filter((entry) => !entry.startsWith('made')),
      ['server constructor', 'error open', 'failed open', 'close error open', 'close local', 'close local']
    )
  })

  t.test('onOpen may be asynchronous: what is behind the header waits', async (t) => {
    let proceed = () => undefined as void
    class Patient extends Noted {
      override async onOpen(): Promise<void> {
        this.app.note('open')
        await new Promise<void>((resolve) => {
          proceed = resolve
        })
        this.app.note('opened')
      }
    }
    const { connect, journal } = await startBehind(t, reactor, { connection: Patient })
    const peer = await connect()
    await peer.write(Buffer.concat([v1, Buffer.from('hello\n')]))
    await journal.until('open')
    await peer.write('again\n')
    proceed()
    await journal.until('message again')
    t.strictSame(journal.entries, ['open', 'opened', 'message hello', 'message again'])
  })

  t.test('whoever is no proxy is refused, with or without a header', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor)
    for (const sent of ['hello\n', v1, v2]) {
      const peer = await connect({ from: '127.0.0.2' })
      peer.write(sent)
      t.equal((await peer.rest()).length, 0)
    }
    const drop = 'drop 127.0.0.2 proxy null'
    t.strictSame(journal.entries, [drop, drop, drop])
    t.equal(server.stats().refused.proxy, 3)
  })

  t.test('a proxy that sends no header, a bad one or part of one is refused', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor)
    const wrong = ['hello\n', 'GET / HTTP/1.1\r\n\r\n', 'PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n', 'PROXY TCP4\n']
    for (const sent of [...wrong, v2.map((byte, at) => (at === v2.length - 1 ? byte ^ 1 : byte))]) {
      const peer = await connect()
      await peer.write(sent)
      t.equal((await peer.rest()).length, 0)
    }
    for (const part of [v1.subarray(0, 20), v2.subarray(0, 20)]) {
      const peer = await connect()
      peer.end(part)
      t.equal((await peer.rest()).length, 0)
    }
    await journal.when(() => journal.entries.length === 7)
    t.strictSame(journal.entries.slice(0, 5), new Array(5).fill('drop 127.0.0.1 proxy ERR_PROXY_HEADER'))
    t.strictSame(journal.entries.slice(5), new Array(2).fill('drop 127.0.0.1 proxy ERR_TRUNCATED'))
    t.equal(server.connections.size, 0)
    t.equal(server.stats().refused.proxy, 7)
  })

  t.test('a proxy that leaves or resets before the header is told of, and costs nothing more', async (t) => {
    const { connect, journal } = await startBehind(t, reactor, { limits: { maxConnections: 1 } })
    const leaving = await connect()
    leaving.end()
    await leaving.closed()
    await journal.until('drop 127.0.0.1 proxy null')
    const resetting = await connect()
    await resetting.write('PROXY')
    // Who is over the limit shows that the one before has been accepted.
    await (await connect()).rest()
    await journal.until('drop 127.0.0.1 connections null')
    resetting.reset()
    await journal.until('drop 127.0.0.1 proxy ERR_CONNECTION_RESET')
    await (await connect()).write(v1)
    await journal.until(opened[1] as string)
  })

  t.test('a header that does not come in time', async (t) => {
    const slow = { from: ['127.0.0.1'], timeout: 200 }
    const { connect, journal } = await startBehind(t, reactor, { proxyProtocol: slow })
    const began = performance.now()
    const silent = await connect()
    const trickling = await connect()
    await trickling.write('PROXY UNKNOWN ')
    const timer = setInterval(() => void trickling.write('x'), 20)
    await silent.closed()
    await trickling.closed()
    clearInterval(timer)
    t.ok(performance.now() - began >= 199)
    t.strictSame(journal.entries, new Array(2).fill('drop 127.0.0.1 proxy ERR_PROXY_HEADER'))
  })

  t.test('a header that came in time has no deadline left', async (t) => {
    const brief = { from: ['127.0.0.1'], timeout: 100 }
    const { connect, journal } = await startBehind(t, reactor, { proxyProtocol: brief })
    const served = await connect()
    await served.write(v2)
    const late = await connect()
    await late.closed()
    const later = await connect()
    await later.closed()
    await served.write('still here\n')
    await journal.until('message still here')
  })

  t.test('rules are about the proxy, limits of peers about the client', async (t) => {
    const { connect, journal } = await startBehind(t, reactor, {
      access: [{ deny: source.host }, { deny: '127.0.0.2' }],
      proxyProtocol: { from: ['127.0.0.0/8'] },
      limits: { maxConnectionsPerPeer: 1 }
    })
    await (await connect({ from: '127.0.0.2' })).rest()
    await (await connect()).write(v1)
    await journal.until(opened[1] as string)
    const second = await connect({ from: '127.0.0.3' })
    await second.write(v2)
    await second.rest()
    const other = Address.ip('203.0.113.10', 1)
    const third = await connect()
    await third.write(encodeProxyHeader({ source: other, destination }))
    await journal.until(`open ${other} ${destination}`)
    t.strictSame(journal.entries, [
      'drop 127.0.0.2 access null',
      ...opened,
      `drop ${source.host} peer-connections null`,
      `made ${other}`,
      `open ${other} ${destination}`
    ])
  })

  t.test('whoever waits counts as a connection, and stop() does not wait for it', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor, { limits: { maxConnections: 1 } })
    const waiting = await connect()
    await waiting.write('PROXY')
    await (await connect()).rest()
    t.strictSame(journal.entries, ['drop 127.0.0.1 connections null'])
    t.equal(server.connections.size, 0)
    await server.stop({ timeout: 60_000 })
    await waiting.closed()
    t.strictSame(journal.entries, ['drop 127.0.0.1 connections null'])
  })

  t.test('behind a proxy on a Unix socket', async (t) => {
    const at = { path: socketPath(t) }
    const { connect, journal } = await startBehind(t, reactor, { proxyProtocol: { from: ['unix'] } }, at)
    const peer = await connect()
    await peer.write(Buffer.concat([v2, Buffer.from('hello\n')]))
    await journal.until('message hello')
    t.strictSame(journal.entries.slice(0, 2), opened)
    const ends = { source: new Address('unix', '/a', 0), destination: new Address('unix', '@b', 0) }
    await (await connect()).write(encodeProxyHeader(ends))
    await journal.until('open /a @b')
  })

  t.test("a header on a server that expects none is the codec's", async (t) => {
    const { connect, journal } = await startBehind(t, reactor, { proxyProtocol: undefined })
    await (await connect()).write(v1)
    await journal.until(`message ${Buffer.from(v1).toString().trimEnd()}`)
    await journal.until('batch')
  })

  t.test('timeouts of the server count from the header on', async (t) => {
    const { connect, journal } = await startBehind(t, reactor, { timeouts: { handshake: 150, lifetime: 60_000 } })
    const began = performance.now()
    const peer = await connect()
    for (const piece of [v2.subarray(0, 10), v2.subarray(10, 20)]) {
      await peer.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    await peer.write(v2.subarray(20))
    await journal.until(opened[1] as string)
    await peer.closed()
    await journal.starting('close')
    const took = performance.now() - began
    t.ok(took >= 450 && took < 30_000, `the handshake timeout is that of the first message: ${took} ms`)
    t.strictSame(journal.entries.slice(2), ['close timeout ERR_TIMEOUT'])
  })

  t.test('onOpen may upgrade: the bytes behind the header are for the next codec', async (t) => {
    class Second extends Connection<string | null, string | null, Journal> {
      override onMessage(text: string | null): void {
        this.app.note(`second ${text}`)
      }
    }
    class First extends Placed {
      override onOpen(): void {
        super.onOpen()
        this.upgrade(frames(), Second)
      }
    }
    const { connect, journal } = await startBehind(t, reactor, { connection: First })
    const peer = await connect()
    await peer.write(Buffer.concat([v1, frame('one'), frame('two')]))
    await journal.until('second two')
    await peer.write(frame('three'))
    await journal.until('second three')
    t.strictSame(journal.entries, [...opened, 'second one', 'second two', 'second three'])
  })

  t.test('a stop while messages wait behind the header loses none', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor)
    const peer = await connect()
    await peer.write(Buffer.concat([v2, Buffer.from('one\n')]))
    await journal.starting('open')
    const stopped = server.stop()
    await peer.closed()
    await stopped
    t.equal(journal.count('message one'), 1)
  })
})
