import { bytes, line, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { Address, type Codec, Connection, encodeProxyHeader, type ProxyHeader, Server } from '@shiny/core'
import { destination, opened, Placed, proxyProtocol, source, startBehind, v1, v2 } from './driver/behind.js'
import { frame, frames } from './driver/frames.js'
import { Journal } from './driver/journal.js'
import { overReactors } from './driver/reactors.js'
import { listen, loopback, socketPath } from './driver/start.js'

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
})
