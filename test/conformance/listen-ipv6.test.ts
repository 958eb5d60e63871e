import dns from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'
import { networkInterfaces } from 'node:os'
import { line } from '@shiny/codecs'
import { Address, Connection, Server } from '@shiny/core'
import type { Test } from 'tap'
import { addressOf, makeEcho, refused, serves } from './driver/listening.js'
import { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'

const ends = Object.entries(networkInterfaces()).flatMap(([name, ends]) =>
  (ends ?? []).map((end) => ({ name, ...end }))
)
const skip = !ends.some(({ address }) => address === '::1') && 'no IPv6 here'
const link = ends.find(({ address }) => address.startsWith('fe80:'))

/** Tells each peer both ends of its connection. */
class Telling extends Connection<string> {
  override onMessage(): void {
    this.send(`${this.remote.family} ${this.remote.host} ${this.local.family} ${this.local.host}`)
  }
}

async function ask(address: Address): Promise<string> {
  const peer = await Peer.connect(address)
  await peer.write('who\n')
  const answer = await peer.line()
  peer.end()
  await peer.closed()
  return answer
}

/** Lets a name resolve to `addresses` until the test ends; tells what was asked for. */
function resolveTo(t: Test, addresses: readonly string[]): unknown[] {
  const asked: unknown[] = []
  const { lookup } = dns
  const put = (value: unknown) => {
    Object.assign(dns, { lookup: value })
    syncBuiltinESMExports()
  }
  put(async (_name: string, options: { family: number }) => {
    asked.push(options.family)
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    return found.filter(({ family }) => options.family === 0 || options.family === family)
  })
  t.teardown(() => put(lookup))
  return asked
}

overReactors((t, reactor) => {
  t.test('one socket for both families', { skip }, async (t) => {
    const server = new Server({ codec: line(), connection: Telling, reactor })
    t.teardown(() => server.stop({ timeout: 0 }))
    await server.listen({ host: '::', port: 0 })
    const { host, family, port } = addressOf(server)
    t.match({ host, family }, { host: '::', family: 'ipv6' })
    t.equal(await ask(Address.ip('127.0.0.1', port)), 'ipv4 127.0.0.1 ipv4 127.0.0.1', 'an IPv4 peer is shown as one')
    t.equal(await ask(Address.ip('::1', port)), 'ipv6 ::1 ipv6 ::1')
  })

  t.test('an IPv6-only socket refuses IPv4 peers', { skip }, async (t) => {
    const server = makeEcho(t, reactor)
    await server.listen({ host: '::', port: 0, ipv6Only: true })
    const { port } = addressOf(server)
    await t.rejects(Peer.connect(Address.ip('127.0.0.1', port)), { code: 'ECONNREFUSED' })
    await serves(t, Address.ip('::1', port), 'IPv6 peers are served')
  })

  t.test('both families on one port, by two sockets', { skip }, async (t) => {
    const server = makeEcho(t, reactor)
    await server.listen({ host: '::', port: 0, ipv6Only: true })
    const { port } = addressOf(server)
    await server.stop()
    await server.listen({ host: '::', port, ipv6Only: true }, { host: '0.0.0.0', port })
    t.strictSame(server.addresses.map(String), [`[::]:${port}`, `0.0.0.0:${port}`])
    await serves(t, Address.ip('127.0.0.1', port), 'IPv4')
    await serves(t, Address.ip('::1', port), 'IPv6')
  })

  t.test(
    'a link-local address has its interface',
    { skip: link === undefined && 'no link-local address here' },
    async (t) => {
      if (link === undefined) return
      const host = `${link.address}%${link.name}`
      const server = new Server({ codec: line(), connection: Telling, reactor })
      t.teardown(() => server.stop({ timeout: 0 }))
      await server.listen({ host, port: 0 })
      const address = addressOf(server)
      t.equal(String(address), `[${host}]:${address.port}`)
      t.equal(await ask(address), `ipv6 ${host} ipv6 ${host}`)
      await server.stop()
      await server.listen(`tcp://[${host}]:0`)
      t.equal(addressOf(server).host, host)
      await refused(t, reactor, { host: link.address, port: 0 }, { code: 'ERR_ADDRESS', address: link.address })
    }
  )

  t.test('an interface that is not there', async (t) => {
    await refused(t, reactor, { host: 'fe80::1%nosuch0', port: 0 }, { code: 'ERR_ADDRESS_NOT_AVAILABLE' })
  })

  t.test('a name listens on all of its addresses, with one port', { skip }, async (t) => {
    resolveTo(t, ['127.0.0.1', '::1', '127.0.0.1'])
    const server = makeEcho(t, reactor)
    await server.listen({ host: 'both.test', port: 0 })
    const [four, six] = server.addresses
    t.strictSame(server.addresses.map(String), [`127.0.0.1:${four?.port}`, `[::1]:${four?.port}`])
    await serves(t, four as Address, 'IPv4')
    await serves(t, six as Address, 'IPv6')
    await server.stop()
    await server.listen({ host: 'both.test', port: four?.port ?? 0 })
    t.equal(server.addresses.length, 2, 'also with a port that was chosen')
  })

  t.test('when one address of a name is taken, none listens', { skip }, async (t) => {
    resolveTo(t, ['127.0.0.1', '::1'])
    const taken = makeEcho(t, reactor)
    await taken.listen({ host: '::1', port: 0 })
    const { port } = addressOf(taken)
    await refused(t, reactor, { host: 'both.test', port }, { code: 'ERR_ADDRESS_IN_USE', address: `[::1]:${port}` })
  })

  t.test('addresses that the machine does not have are passed over', async (t) => {
    resolveTo(t, ['192.0.2.1', '127.0.0.1'])
    const server = makeEcho(t, reactor)
    await server.listen({ host: 'some.test', port: 0 })
    t.equal(server.addresses.length, 1)
    t.equal(addressOf(server).host, '127.0.0.1')
    resolveTo(t, ['192.0.2.1', '198.51.100.1'])
    await refused(
      t,
      reactor,
      { host: 'none.test', port: 0 },
      { code: 'ERR_ADDRESS_NOT_AVAILABLE', address: '192.0.2.1:0' }
    )
  })

  t.test('a network or a family chooses among the addresses of a name', { skip }, async (t) => {
    const asked = resolveTo(t, ['127.0.0.1', '::1'])
    for (const [at, expected] of [
      ['tcp4://both.test:0', ['127.0.0.1']],
      ['tcp6://both.test:0', ['::1']],
      [{ host: 'both.test', port: 0, family: 4 }, ['127.0.0.1']],
      [{ host: 'both.test', port: 0, family: 6 }, ['::1']],
      [{ host: 'both.test', port: 0, ipv6Only: true }, ['::1']]
    ] as const) {
      const server = makeEcho(t, reactor)
      await server.listen(at)
      t.strictSame(
        server.addresses.map(({ host }) => host),
        expected,
        JSON.stringify(at)
      )
      await server.stop()
    }
    t.strictSame(asked, [4, 6, 4, 6, 6])
  })

  t.test('localhost, and a name that nobody knows', async (t) => {
    const server = makeEcho(t, reactor)
    await server.listen({ host: 'localhost', port: 0 })
    for (const address of server.addresses) await serves(t, address, String(address))
    await refused(t, reactor, { host: 'nobody.invalid', port: 0 }, { code: 'ERR_ADDRESS', address: 'nobody.invalid' })
  })
})
