import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { Address } from '@shiny/core'
import type { Test } from 'tap'
import { python } from './driver/helper.js'
import { addressOf, makeEcho, refused, serves } from './driver/listening.js'
import { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'
import { socketPath } from './driver/start.js'

const longest = process.platform === 'linux' ? 107 : 103

/** Leaves a socket at `path` that nobody listens on, as a process that was killed does. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}~`)
  await once(server, 'listening')
  renameSync(`${path}~`, path)
  server.close()
  await once(server, 'close')
}

/** Listens in Python on `path` and accepts nobody. */
const aloof = `
import socket, sys
server = socket.socket(socket.AF_UNIX, getattr(socket, sys.argv[2]))
server.bind(sys.argv[1])
if sys.argv[2] == 'SOCK_STREAM': server.listen(0)
print('bound', flush=True)
sys.stdin.read()
`

/** Connects in Python to an abstract name, and prints what it is answered. */
const asking = `
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect('\\0' + sys.argv[1])
client.sendall(b'hello from @' + sys.argv[1].encode() + b'\\n')
print(client.makefile().readline(), end='', flush=True)
`

overReactors((t, reactor) => {
  t.test('the file has exactly the mode that was asked for', async (t) => {
    const umask = process.umask()
    t.teardown(() => process.umask(umask))
    for (const mask of [0o000, 0o022, 0o777]) {
      for (const mode of [0o600, 0o660, 0o777, 0o222, 0]) {
        const path = socketPath(t)
        process.umask(mask)
        const server = makeEcho(t, reactor)
        await server.listen({ path, mode })
        process.umask(umask)
        const made = lstatSync(path)
        t.ok(made.isSocket())
        t.equal(made.mode & 0o777, mode, `${mode.toString(8)} with a umask of ${mask.toString(8)}`)
        await server.stop()
      }
    }
  })

  t.test('without a mode the umask decides', async (t) => {
    const umask = process.umask()
    t.teardown(() => process.umask(umask))
    for (const mask of [0o022, 0o077]) {
      const path = socketPath(t)
      process.umask(mask)
      await makeEcho(t, reactor).listen({ path })
      process.umask(umask)
      t.equal(lstatSync(path).mode & 0o777, 0o777 & ~mask)
    }
  })

  t.test('nothing but the socket is left in its folder', async (t) => {
    const path = socketPath(t)
    const server = makeEcho(t, reactor)
    await server.listen({ path, mode: 0o600 })
    t.strictSame(readdirSync(dirname(path)), ['socket'])
    await server.stop()
    t.strictSame(readdirSync(dirname(path)), [])
  })

  t.test('a socket that nobody listens on is replaced', async (t) => {
    const path = socketPath(t)
    await leaveSocket(path)
    const server = makeEcho(t, reactor)
    await server.listen({ path })
    await serves(t, addressOf(server), 'served at the place of the dead one')
    await server.stop()
    t.notOk(existsSync(path))
  })

  t.test('of servers that find a dead socket at once, one wins', async (t) => {
    const path = socketPath(t)
    await leaveSocket(path)
    const servers = Array.from({ length: 8 }, () => makeEcho(t, reactor))
    const results = await Promise.allSettled(servers.map((server) => server.listen({ path })))
    const lost = results.filter((result) => result.status === 'rejected')
    t.equal(lost.length, 7)
    for (const { reason } of lost) t.match(reason, { code: 'ERR_ADDRESS_IN_USE' })
    const winner = servers.find((server) => server.listening)
    if (winner !== undefined) await serves(t, addressOf(winner), 'the one that listens is reached')
  })

  t.test('a server that listens there is left alone', async (t) => {
    const path = socketPath(t)
    const first = makeEcho(t, reactor)
    await first.listen({ path })
    const made = lstatSync(path).ino
    await refused(t, reactor, { path }, { code: 'ERR_ADDRESS_IN_USE', errno: 'EADDRINUSE', address: path })
    t.equal(lstatSync(path).ino, made)
    await serves(t, addressOf(first), 'it goes on serving')
  })

  t.test('so is one whose backlog is full', async (t) => {
    const path = socketPath(t)
    const server = python(t, aloof, path, 'SOCK_STREAM')
    await server.line()
    const waiting = await Peer.connect(new Address('unix', path, 0))
    await refused(t, reactor, { path }, { code: 'ERR_ADDRESS_IN_USE', errno: 'EADDRINUSE' })
    waiting.socket.destroy()
    t.ok(lstatSync(path).isSocket())
  })

  t.test('so is one of datagrams', async (t) => {
    const path = socketPath(t)
    const server = python(t, aloof, path, 'SOCK_DGRAM')
    await server.line()
    await refused(t, reactor, { path }, { code: 'ERR_ADDRESS_IN_USE', errno: 'EADDRINUSE' })
    t.ok(lstatSync(path).isSocket())
  })

  for (const [what, make] of [
    ['a file', (path: string) => writeFileSync(path, 'precious')],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
    ['a link to nothing', (path: string) => symlinkSync('nothing', path)],
    [
      'a link to a dead socket',
      (path: string) => leaveSocket(`${path}-dead`).then(() => symlinkSync(`${path}-dead`, path))
    ]
  ] as const) {
    t.test(`${what} is left alone`, async (t) => {
      const path = socketPath(t)
      await make(path)
      const before = lstatSync(path)
      await refused(t, reactor, { path }, { code: 'ERR_ADDRESS_IN_USE', errno: 'EEXIST', address: path })
      t.match(lstatSync(path), { ino: before.ino, mode: before.mode, ctimeMs: before.ctimeMs }, 'untouched')
    })
  }

  t.test('a path may be as long as the system allows, and no longer', async (t) => {
    const folder = dirname(socketPath(t))
    const path = join(folder, 'x'.repeat(longest - folder.length - 1))
    t.equal(path.length, longest)
    const server = makeEcho(t, reactor)
    await server.listen({ path })
    t.ok(lstatSync(path).isSocket())
    await serves(t, addressOf(server), 'reached')
    await server.stop()
    t.notOk(existsSync(path))
    await refused(t, reactor, { path: `${path}x` }, { code: 'ERR_SOCKET', errno: 'ENAMETOOLONG' })
    const deep = join(folder, 'd'.repeat(longest - folder.length - 3))
    mkdirSync(deep)
    const short = makeEcho(t, reactor)
    await short.listen({ path: join(deep, 's') })
    t.ok(lstatSync(join(deep, 's')).isSocket(), 'also when its folder leaves room for one byte')
    await short.stop()
    t.strictSame(readdirSync(deep), [])
    const wide = join(folder, 'é'.repeat(Math.ceil((longest - folder.length) / 2)))
    await refused(t, reactor, { path: wide }, { code: 'ERR_SOCKET', errno: 'ENAMETOOLONG' })
  })

  t.test('a path that cannot be one', async (t) => {
    await refused(t, reactor, { path: '' }, { code: 'ERR_OPTION', path: 'path' })
    await refused(t, reactor, { path: '/tmp/a\0b' }, { code: 'ERR_OPTION', path: 'path' })
    await refused(t, reactor, { path: '\0' }, { code: 'ERR_OPTION', path: 'path' })
    await refused(t, reactor, { path: '\0a\0b' }, { code: 'ERR_OPTION', path: 'path' })
    await refused(t, reactor, 'unix:///tmp/a\0b', { code: 'ERR_ADDRESS' })
    await refused(t, reactor, 'unix://@', { code: 'ERR_ADDRESS' })
    await refused(t, reactor, 'unix://', { code: 'ERR_ADDRESS' })
  })

  t.test('a folder that is missing, is none, or may not be written to', async (t) => {
    const path = socketPath(t)
    await refused(t, reactor, { path: join(dirname(path), 'missing', 's') }, { code: 'ERR_SOCKET', errno: 'ENOENT' })
    writeFileSync(path, '')
    await refused(t, reactor, { path: join(path, 's') }, { code: 'ERR_SOCKET', errno: 'ENOTDIR' })
    const locked = join(dirname(path), 'locked')
    mkdirSync(locked, 0o555)
    execFileSync('chmod', ['755', dirname(path)])
    // Root may write everywhere, somebody else not.
    const root = process.geteuid?.() === 0
    if (root) process.seteuid?.(65_534)
    t.teardown(() => root && process.seteuid?.(0))
    await refused(t, reactor, { path: join(locked, 's') }, { code: 'ERR_ACCESS', errno: 'EACCES' })
  })

  t.test('a stop leaves what somebody else has put in the place of the file', async (t) => {
    const path = socketPath(t)
    const [first, second] = [makeEcho(t, reactor), makeEcho(t, reactor)]
    await first.listen({ path })
    rmSync(path)
    await second.listen({ path })
    await first.stop()
    await serves(t, addressOf(second), 'the successor is still reached')
    await second.stop()
    t.notOk(existsSync(path), 'and removes its own file')
    const third = makeEcho(t, reactor)
    await third.listen({ path })
    rmSync(path)
    writeFileSync(path, 'precious')
    await third.stop()
    t.ok(lstatSync(path).isFile())
  })

  t.test('a file that is removed while the server runs harms nobody', async (t) => {
    const path = socketPath(t)
    const server = makeEcho(t, reactor)
    await server.listen({ path })
    const peer = await Peer.connect(addressOf(server))
    rmSync(path)
    await peer.write('still here\n')
    t.equal(await peer.line(), 'still here')
    peer.end()
    await peer.closed()
    await server.stop()
    await server.listen({ path })
    await serves(t, addressOf(server), 'and it can listen there again')
  })

  t.test('abstract names', { skip: process.platform !== 'linux' && 'they are of Linux' }, async (t) => {
    const name = `shiny-${process.pid}-${reactor}`
    if (reactor === 'portable' && (await padsNames(`${name}-probe`))) {
      await refused(t, reactor, `unix://@${name}`, { code: 'ERR_OPTION', path: 'path' })
      return
    }
    for (const at of [`unix://@${name}`, { path: `\0${name}` }]) {
      const server = makeEcho(t, reactor)
      await server.listen(at)
      const address = addressOf(server)
      t.match(address, { family: 'unix', host: `\0${name}`, path: `\0${name}`, port: 0 })
      t.equal(String(address), `@${name}`)
      const client = python(t, asking, name)
      t.equal(await client.line(), `hello from @${name}`)
      await refused(t, reactor, at, { code: 'ERR_ADDRESS_IN_USE', address: `@${name}` })
      await server.stop()
      t.notOk(existsSync(`@${name}`))
    }
    await refused(t, reactor, { path: `\0${'x'.repeat(108)}` }, { code: 'ERR_SOCKET', errno: 'ENAMETOOLONG' })
    const longest = makeEcho(t, reactor)
    await longest.listen({ path: `\0${name.padEnd(107, 'x')}` })
    t.equal(addressOf(longest).host.length, 108)
  })

  for (const [program, ...args] of [
    ['nc', '-N', '-U'],
    ['socat', '-']
  ] as const) {
    t.test(`${program} as the client`, { skip: !has(program) && `there is no ${program} here` }, async (t) => {
      const path = socketPath(t)
      const server = makeEcho(t, reactor)
      await server.listen({ path })
      t.equal(await talk(t, [program, ...args, program === 'nc' ? path : `UNIX-CONNECT:${path}`]), 'one\ntwo\n')
    })
  }
})

/** Sends two lines to a program that connects to the server, and resolves with what it prints. */
async function talk(t: Test, [command, ...args]: string[]): Promise<string> {
  const child = spawn(command as string, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  child.stdin.end('one\ntwo\n')
  let output = ''
  child.stdout.on('data', (data) => {
    output += data
  })
  await once(child, 'close')
  return output
}

function has(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)))
}

/** Whether Node fills abstract names up, so that they are other names. */
async function padsNames(name: string): Promise<boolean> {
  const server = createServer().listen(`\0${name}`)
  await once(server, 'listening')
  const padded = readFileSync('/proc/net/unix', 'latin1').includes(`@${name}@`)
  server.close()
  return padded
}
