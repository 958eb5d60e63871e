import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { line } from '@shiny/codecs'
import { Address, type ListenOptions, Server } from '@shiny/core'
import { Echo, refused } from './driver/listening.js'
import { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'
import { loopback, socketPath, transports } from './driver/start.js'

overReactors((t, reactor) => {
  const make = () => new Server({ codec: line(), connection: Echo, reactor })

  t.test('an address in use', async (t) => {
    for (const [name, at] of transports(t)) {
      const first = make()
      await first.listen(at)
      const [address] = first.addresses
      const taken = at.path === undefined ? { host: at.host, port: address?.port } : at
      await refused(t, reactor, taken, { code: 'ERR_ADDRESS_IN_USE', errno: 'EADDRINUSE', address: String(address) })
      await first.stop()
      const second = make()
      await second.listen(taken)
      t.equal(second.listening, true, `${name}: free after the stop`)
      await second.stop()
    }
  })

  t.test('an address of another machine', async (t) => {
    const where = { address: '192.0.2.1:0', code: 'ERR_ADDRESS_NOT_AVAILABLE', errno: 'EADDRNOTAVAIL' } as const
    await refused(t, reactor, { host: '192.0.2.1', port: 0 }, where)
    await refused(t, reactor, 'tcp://[2001:db8::1]:0', {
      code: 'ERR_ADDRESS_NOT_AVAILABLE',
      address: '[2001:db8::1]:0'
    })
  })

  t.test('a privileged port', { skip: mayUsePrivilegedPorts() && 'root may use every port' }, async (t) => {
    await refused(t, reactor, { host: '127.0.0.1', port: 1 }, { code: 'ERR_ACCESS', address: '127.0.0.1:1' })
  })

  t.test('a path where no socket can be', async (t) => {
    const path = socketPath(t)
    await refused(
      t,
      reactor,
      { path: join(dirname(path), 'missing', 'socket') },
      { code: 'ERR_SOCKET', errno: 'ENOENT' }
    )
    const long = join(dirname(path), 'x'.repeat(200))
    await refused(t, reactor, { path: long }, { code: 'ERR_SOCKET', errno: 'ENAMETOOLONG', address: long })
    const file = join(dirname(path), 'file')
    writeFileSync(file, 'not a socket')
    await refused(t, reactor, { path: file }, { code: 'ERR_ADDRESS_IN_USE', address: file })
    t.ok(existsSync(file), 'the file of somebody else is left alone')
  })

  t.test('addresses that cannot be understood', async (t) => {
    for (const url of ['', 'localhost:80', 'http://localhost:80', 'tcp://', 'tcp://127.0.0.1', 'tcp://127.0.0.1:x']) {
      await refused(t, reactor, url, { code: 'ERR_ADDRESS', address: url })
    }
    for (const url of ['tcp://::1:80', 'tcp://[127.0.0.1]:80', 'tcp4://[::1]:80', 'tcp6://127.0.0.1:80', 'unix://']) {
      await refused(t, reactor, url, { code: 'ERR_ADDRESS', address: url })
    }
    await refused(t, reactor, 'tcp://127.0.0.1:65536', { code: 'ERR_ADDRESS' })
  })

  t.test('bad options, each with its path', async (t) => {
    const cases: [unknown, string][] = [
      [{}, 'port'],
      [{ port: -1 }, 'port'],
      [{ port: 65536 }, 'port'],
      [{ port: 1.5 }, 'port'],
      [{ port: '80' }, 'port'],
      [{ port: 0, host: 7 }, 'host'],
      [{ path: '' }, 'path'],
      [{ path: '/tmp/x', port: 0 }, 'path'],
      [{ port: 0, backlog: 0 }, 'backlog'],
      [{ port: 0, ipv6Only: 'yes' }, 'ipv6Only'],
      [{ port: 0, host: '127.0.0.1', ipv6Only: true }, 'ipv6Only'],
      [{ prot: 0 }, 'prot'],
      [null, 'listen'],
      [7, 'listen']
    ]
    for (const [at, path] of cases) await refused(t, reactor, at as ListenOptions, { code: 'ERR_OPTION', path })
  })

  t.test('listening twice', async (t) => {
    const server = make()
    const listening = server.listen(loopback)
    await t.rejects(server.listen(loopback), { code: 'ERR_ALREADY_LISTENING' })
    await listening
    await t.rejects(server.listen(loopback), { code: 'ERR_ALREADY_LISTENING' })
    await server.stop()
  })

  t.test('several addresses, as objects and as URLs', async (t) => {
    const path = socketPath(t)
    const server = make()
    await server.listen(loopback, 'tcp://127.0.0.1:0', `unix://${path}`)
    t.equal(server.addresses.length, 3)
    t.equal(new Set(server.addresses.map(String)).size, 3)
    for (const address of server.addresses) {
      const peer = await Peer.connect(address)
      await peer.write(`to ${address}\n`)
      t.equal(await peer.line(), `to ${address}`)
      peer.end()
      await peer.closed()
    }
    t.ok(existsSync(path))
    await server.stop()
    t.notOk(existsSync(path), 'the file of a Unix socket goes with it')
  })

  t.test('when one of several addresses fails, none listens', async (t) => {
    const path = socketPath(t)
    const taken = make()
    await taken.listen(loopback)
    const server = make()
    const [busy] = taken.addresses
    await t.rejects(server.listen({ path }, { host: '127.0.0.1', port: busy?.port }), { code: 'ERR_ADDRESS_IN_USE' })
    t.strictSame(server.addresses, [])
    t.notOk(existsSync(path))
    await taken.stop()
  })

  t.test('the networks of IPv6', { skip: transports(t).length < 3 && 'no IPv6 here' }, async (t) => {
    const server = make()
    await server.listen('tcp6://:0')
    const [address] = server.addresses
    t.match(address, { family: 'ipv6', host: '::' })
    const peer = await Peer.connect(address ?? t.fail())
    await peer.write('six\n')
    t.equal(await peer.line(), 'six')
    peer.socket.destroy()
    const four = make()
    await four.listen({ host: '0.0.0.0', port: address?.port })
    t.pass('an IPv6-only socket leaves the port to IPv4')
    await four.stop()
    await server.stop({ timeout: 0 })
  })

  t.test('the network of IPv4, and either', async (t) => {
    for (const url of ['tcp4://:0', 'tcp4://127.0.0.1:0', 'tcp://:0', 'tcp://127.0.0.1:0']) {
      const server = make()
      await server.listen(url)
      const peer = await Peer.connect(Address.ip('127.0.0.1', server.addresses[0]?.port ?? 0))
      await peer.write('four\n')
      t.equal(await peer.line(), 'four', url)
      peer.end()
      await peer.closed()
      await server.stop()
    }
  })

  t.test('servers of one process do not get in each other’s way', async (t) => {
    const servers = Array.from({ length: 10 }, make)
    await Promise.all(servers.map((server) => server.listen(loopback)))
    const ports = servers.map((server) => server.addresses[0]?.port)
    t.equal(new Set(ports).size, 10)
    await servers[0]?.stop()
    for (const server of servers.slice(1)) {
      const [address] = server.addresses
      const peer = await Peer.connect(address ?? t.fail())
      await peer.write('hello\n')
      t.equal(await peer.line(), 'hello')
      peer.socket.destroy()
    }
    await Promise.all(servers.map((server) => server.stop({ timeout: 0 })))
  })
})

function mayUsePrivilegedPorts(): boolean {
  return process.getuid === undefined || process.getuid() === 0
}
