import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync, existsSync, fstatSync, openSync } from 'node:fs'
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net'
import { Address } from '@shiny/core'
import type { Test } from 'tap'
import { activate } from './driver/activate.js'
import { addressOf, makeEcho, refused, serves } from './driver/listening.js'
import { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'
import { loopback, socketPath } from './driver/start.js'

const skip = process.platform === 'win32' && 'there are no descriptors here'

/** The descriptor of one of Node's own sockets. */
function descriptorOf(socket: object): number {
  return (socket as { readonly _handle: { readonly fd: number } })._handle.fd
}

/** A connection between two sockets of this process, which are closed when the test ends. */
async function pair(t: Test): Promise<{ server: NetServer; client: Socket }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as { port: number }).port, '127.0.0.1')
  await once(client, 'connect')
  t.teardown(() => {
    client.destroy()
    server.close()
  })
  return { server, client }
}

overReactors((t, reactor) => {
  t.test('sockets that systemd hands over are served, by their names', { skip }, async (t) => {
    const path = socketPath(t)
    const program = activate(t, reactor, [path, 0], { LISTEN_FDS: '2', LISTEN_FDNAMES: 'admin:web' })
    t.strictSame(JSON.parse(await program.line()), {
      given: [
        { fd: 3, name: 'admin' },
        { fd: 4, name: 'web' }
      ],
      again: [],
      left: []
    })
    const [unix, tcp] = JSON.parse(await program.line()) as [string, string]
    t.equal(unix, path)
    const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(tcp)?.[1])
    t.ok(port > 0, tcp)
    t.strictSame(JSON.parse(await program.line()), [], 'a child of the program has none of them')
    await serves(t, new Address('unix', path, 0), 'the Unix socket')
    await serves(t, Address.ip('127.0.0.1', port), 'the TCP socket')
    program.write('stop\n')
    t.equal(await program.line(), 'stopped')
    await t.rejects(Peer.connect(Address.ip('127.0.0.1', port)), { code: 'ECONNREFUSED' }, 'a stop closes them')
    t.ok(existsSync(path), 'and leaves the file to whoever made it')
    t.equal(await program.end(), 0)
  })

  for (const how of ['url', 'option']) {
    t.test(`a descriptor by its number, as ${how}`, { skip }, async (t) => {
      const program = activate(t, reactor, [0], {}, how)
      t.match(JSON.parse(await program.line()), { given: [] }, 'nobody said how many there are')
      const [tcp] = JSON.parse(await program.line()) as [string]
      const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(tcp)?.[1])
      await serves(t, Address.ip('127.0.0.1', port), tcp)
      program.write('stop\n')
      t.equal(await program.end(), 0)
    })
  }

  for (const [what, variables] of [
    ['for another process', { LISTEN_FDS: '1', LISTEN_PID: '1' }],
    ['of which there are none', { LISTEN_FDS: '0' }],
    ['whose number makes no sense', { LISTEN_FDS: '1x' }],
    ['without names', { LISTEN_FDS: '1' }]
  ] as const) {
    t.test(`sockets ${what}`, { skip }, async (t) => {
      const program = activate(t, reactor, [0], variables)
      const given = what === 'without names' ? [{ fd: 3, name: 'unknown' }] : []
      t.strictSame(JSON.parse(await program.line()), { given, again: [], left: [] })
      t.equal(await program.end(), 0)
    })
  }

  t.test('a descriptor that is no listening stream socket is refused, and stays open', { skip }, async (t) => {
    const file = openSync('/dev/null', 'r')
    t.teardown(() => closeSync(file))
    await refused(t, reactor, { fd: file }, { code: 'ERR_SOCKET', errno: 'ENOTSOCK', address: `fd://${file}` })
    t.ok(fstatSync(file), 'open')

    const datagrams = createSocket('udp4')
    datagrams.bind(0, '127.0.0.1')
    await once(datagrams, 'listening')
    const udp = descriptorOf(datagrams)
    await refused(t, reactor, { fd: udp }, { code: 'ERR_SOCKET', errno: 'EPROTOTYPE' })
    t.ok(fstatSync(udp).isSocket())
    datagrams.close()

    const { client } = await pair(t)
    const connected = descriptorOf(client)
    await refused(t, reactor, `fd://${connected}`, { code: 'ERR_SOCKET', errno: 'EINVAL' })
    t.ok(fstatSync(connected).isSocket())

    await refused(t, reactor, { fd: 65_000 }, { code: 'ERR_SOCKET', errno: 'EBADF', address: 'fd://65000' })
    for (const url of ['fd://', 'fd://-1', 'fd://x', 'fd://3x']) await refused(t, reactor, url, { code: 'ERR_ADDRESS' })
  })

  t.test('a child that lives on does not keep the port', { skip }, async (t) => {
    const server = makeEcho(t, reactor)
    await server.listen(loopback)
    const { port } = addressOf(server)
    const peer = await Peer.connect(addressOf(server))
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    t.teardown(() => child.kill('SIGKILL'))
    await once(child, 'spawn')
    peer.end()
    await peer.closed()
    await server.stop()
    const next = makeEcho(t, reactor)
    await next.listen({ ...loopback, port })
    await serves(t, addressOf(next), 'the port is free at once')
  })
})
