// Goal: who speaks another protocol gets a clean refusal and runs nothing, and nobody else notices.
import { connect as connectTls } from 'node:tls'
import { line, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { Address, Connection, encodeProxyHeader } from '@shiny/core'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { loopback, start, startLines } from './driver/start.js'

const source = Address.ip('203.0.113.9', 1)
const http = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 24\r\n\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n'

/** Notes the commands that it knows, and refuses the connection of whoever sends another. */
class Strict extends Connection<RespCommand, RespReply, Journal> {
  override onMessage(command: RespCommand): void {
    const { name } = command
    if (name === 'SET') this.app.note('ran SET')
    if (name === 'SET' || name === 'PING') this.send(resp.status('OK'))
    else this.end(resp.error('ERR unknown command'))
  }
}

overReactors((t, reactor) => {
  t.test('HTTP and PROXY headers to RESP: one error, and nothing behind it runs', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: resp(), connection: Strict, at: loopback })
    const set = '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n'
    const v1 = Buffer.from(encodeProxyHeader({ version: 1, source, destination: source }))
    const v2 = Buffer.from(encodeProxyHeader({ source, destination: source }))
    for (const sent of [http, `GET /SET HTTP/1.0\r\n\r\n${set}`, v1 + set, Buffer.concat([v2, Buffer.from(set)])]) {
      const peer = await connect()
      await peer.write(sent)
      t.match((await peer.rest()).toString(), /^-ERR (unknown command|Protocol error: [ \w]+)\r\n$/)
    }
    const other = await connect()
    await other.write('PING\r\n')
    t.equal(await other.line(), '+OK\r')
    t.equal(journal.count('ran SET'), 0)
  })

  t.test('TLS to RESP: the handshake fails, and nothing runs', async (t) => {
    const { connect, journal, address } = await start(t, reactor, { codec: resp(), connection: Strict, at: loopback })
    for (let i = 0; i < 8; i++) {
      const hello = connectTls({ host: address.host, port: address.port, servername: `host${i}.example`.repeat(8) })
      hello.once('connect', () => hello.end('\n'))
      // A hello that happens to have no line feed is part of a command for as long as the client waits.
      hello.setTimeout(100, () => hello.destroy())
      await new Promise<void>((resolve) => hello.once('error', () => undefined).once('close', () => resolve()))
      t.notOk(hello.authorized)
    }
    const other = await connect()
    await other.write('PING\r\n')
    t.equal(await other.line(), '+OK\r')
    t.equal(journal.count('ran SET'), 0)
  })

  t.test('bytes that are no text to lines: refused when they are longer than a line may be', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Noted, { codec: line({ maxLength: 64 }), at: loopback })
    const peer = await connect()
    await peer.write(Buffer.alloc(65, 0x16))
    t.equal((await peer.rest()).toString(), '')
    await journal.until('close error ERR_FRAME_TOO_LONG')
    t.strictSame(journal.entries, ['open', 'error ERR_FRAME_TOO_LONG', 'close error ERR_FRAME_TOO_LONG'])
  })

  t.test('other protocols to a server behind a proxy: nothing at all is answered', async (t) => {
    const { connect, journal, server } = await start(t, reactor, {
      codec: resp(),
      connection: Strict,
      at: loopback,
      proxyProtocol: { from: ['127.0.0.1'] }
    })
    server.on('drop', (_, reason) => journal.note(`drop ${reason}`))
    const hello = Buffer.from('16030100c8010000c40303', 'hex')
    for (const sent of [http, hello, 'PING\r\n', '*1\r\n$4\r\nPING\r\n', 'SSH-2.0-OpenSSH\r\n', '\0\0\0\0']) {
      const peer = await connect()
      await peer.write(sent)
      t.equal((await peer.rest()).length, 0)
    }
    await journal.until('drop proxy', 6)
    t.equal(server.stats().refused.proxy, 6)
    t.strictSame(journal.entries, new Array(6).fill('drop proxy'))
  })
})
