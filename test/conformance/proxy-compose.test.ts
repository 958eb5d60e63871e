// Goal: the PROXY header without the server's option: in front of any codec by composition, and sent by whoever connects.

import { line, proxyProtocol } from '@shiny/codecs'
import { Address, type CloseReason, Connection, connect, type ProxyFacts, type ProxyHeaderOptions } from '@shiny/core'
import { destination, source } from './driver/behind.js'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { loopback, start } from './driver/start.js'

const ends = { source: Address.ip('192.0.2.1', 56324), destination: Address.ip('198.51.100.7', 443) }
const headers: [name: string, header: ProxyHeaderOptions, told: string][] = [
  ['version 1', { version: 1, ...ends }, 'v1 proxy 192.0.2.1:56324'],
  ['version 2', { ...ends, tlvs: [{ type: 2, value: Buffer.from('example.org') }] }, 'v2 proxy 192.0.2.1:56324'],
  ['version 2 of its own account', { command: 'local' }, 'v2 local null'],
  ['version 1 that names nobody', { version: 1 }, 'v1 proxy null']
]

const told = ({ version, command, source: from }: ProxyFacts) => `v${version} ${command} ${from}`

/** A server that speaks before it is spoken to, as many do. */
class Greeting extends Noted {
  override onOpen(): void {
    this.send('welcome')
  }
}

/** Says `hello` before it is connected, and hears one line. */
class Caller extends Connection<string, string, Journal> {
  constructor() {
    super()
    this.send('hello')
  }
  override onMessage(text: string): void {
    this.app.note(`heard ${text}`)
    this.end()
  }
  override onClose({ by }: CloseReason): void {
    this.app.note(`caller closed by ${by}`)
  }
}

/** Says nothing unless it is spoken to. */
class Listener extends Connection<string, string, Journal> {
  override onMessage(text: string): void {
    this.app.note(`heard ${text}`)
    this.end()
  }
}

overReactors((t, reactor) => {
  for (const [name, proxyHeader, first] of headers) {
    t.test(`${name}: what is sent first is what is received first`, async (t) => {
      const codec = proxyProtocol().then(line(), told)
      const { address, journal } = await start(t, reactor, { codec, connection: Greeting, at: loopback })
      const { host, port } = address
      const where = { host, port, app: journal, reactor }
      const caller = await connect({ ...where, codec: line(), connection: Caller, proxyHeader })
      t.ok(caller.bytesWritten > 'hello\n'.length, 'the header counts')
      await journal.until('heard welcome')
      await journal.until('message hello')
      t.equal(journal.entries.filter((entry) => entry.startsWith('message'))[0], `message ${first}`)
    })
  }

  t.test('the header leaves though nothing else does: who waits for it may speak first', async (t) => {
    const proxyProtocol = { from: ['127.0.0.1'] }
    const { server, address, journal } = await start(t, reactor, {
      codec: line(),
      connection: Greeting,
      at: loopback,
      proxyProtocol
    })
    const opened = new Promise<Connection<unknown>>((resolve) => {
      server.on('connection', (connection) => resolve(connection as unknown as Connection<unknown>))
    })
    const { host, port } = address
    const where = { host, port, app: journal, reactor }
    await connect({ ...where, codec: line(), connection: Listener, proxyHeader: { source, destination } })
    await journal.until('heard welcome')
    t.equal(String((await opened).remote), String(source))
  })

  t.test('by composition a peer without a header is refused, with the place', async (t) => {
    const codec = proxyProtocol().then(line())
    const { connect, journal } = await start(t, reactor, { codec, connection: Noted, at: loopback })
    const peer = await connect()
    await peer.write('PROXY TCP4 hello\r\n')
    await journal.until('error ERR_PROXY_HEADER')
    t.equal((await peer.rest()).length, 0)
  })

  t.test('a header that cannot be written is an option that is wrong', async (t) => {
    const where = { port: 1, codec: line(), connection: Listener, app: null as never, reactor }
    const attempt = (proxyHeader: unknown) => connect({ ...where, proxyHeader: proxyHeader as ProxyHeaderOptions })
    await t.rejects(attempt({ source }), { code: 'ERR_OPTION', path: 'proxyHeader.destination' })
    await t.rejects(attempt({ version: 1, command: 'local' }), { code: 'ERR_OPTION', path: 'proxyHeader.command' })
    await t.rejects(attempt({ version: 3 }), { code: 'ERR_OPTION', path: 'proxyHeader.version' })
    await t.rejects(attempt({ verison: 1 }), { code: 'ERR_OPTION', path: 'proxyHeader.verison' })
    await t.rejects(attempt('v2'), { code: 'ERR_OPTION', path: 'proxyHeader' })
  })
})
