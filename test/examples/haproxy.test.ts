// HAProxy in front of the echo server, as the sender of PROXY headers that were not written here.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { line, proxyProtocol } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import t, { type Test } from 'tap'
import { freePort, portIn, startExample, startProgram, until } from './support/program.js'
import { Wire } from './support/wire.js'

// Debian keeps it where only the administrator looks.
process.env.PATH += `${delimiter}/usr/sbin`
const needsHaproxy = spawnSync('haproxy', ['-v']).error === undefined ? {} : { skip: 'haproxy is not installed' }

/** Connects from an address of the loopback network. */
async function dialFrom(t: Test, from: string, port: number): Promise<{ wire: Wire; port: number }> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  t.teardown(() => socket.destroy())
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return { wire: new Wire(socket), port: socket.localPort ?? 0 }
}

/** Starts HAProxy with one server behind it, and returns its port when it serves. */
async function startHaproxy(t: Test, server: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'shiny-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  const lines = ['defaults', ' mode tcp', ' timeout connect 5s', ' timeout client 1m', ' timeout server 1m']
  writeFileSync(file, [...lines, 'listen echo', ` bind 127.0.0.1:${port}`, ` server s ${server}`, ''].join('\n'))
  startProgram(t, 'haproxy', '-db', '-f', file)
  await until('HAProxy listens', async () => {
    const socket = connect({ port, host: '127.0.0.1' })
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    return isThere
  })
  return port
}

for (const reactor of ['auto', 'portable']) {
  for (const option of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options unique-id,crc32c']) {
    t.test(`${option} to the reactor "${reactor}"`, needsHaproxy, async (t) => {
      const before = process.env.SHINY_REACTOR
      process.env.SHINY_REACTOR = reactor
      const echo = startExample(t, 'echo-server', '--port', '0', '--proxy-from', '127.0.0.1')
      if (before === undefined) delete process.env.SHINY_REACTOR
      else process.env.SHINY_REACTOR = before
      const behind = portIn(await echo.line())
      const front = await startHaproxy(t, `127.0.0.1:${behind} ${option}`)
      const first = await dialFrom(t, '127.0.0.5', front)
      t.match(await first.wire.line(), `You come from 127.0.0.5:${first.port}, by way of 127.0.0.1:`)
      t.equal(await first.wire.line(), 'Welcome to the echo server!\n')
      await first.wire.line()
      first.wire.write('hello\n')
      t.equal(await first.wire.line(), 'hello\n')
      const second = await dialFrom(t, '127.0.0.6', front)
      second.wire.write('at once\nquit\n')
      t.match(await second.wire.rest(), new RegExp(`^You come from 127.0.0.6:${second.port},[^]*\nat once\nquit\n$`))
    })
  }
}

/** Echoes lines; the first is what the header says. */
class Behind extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }
}

for (const reactor of ['auto', 'portable'] as const) {
  for (const option of ['send-proxy', 'send-proxy-v2 proxy-v2-options unique-id,crc32c']) {
    t.test(`${option} to a composed codec, by the reactor "${reactor}"`, needsHaproxy, async (t) => {
      const codec = proxyProtocol().then(line(), ({ version, source }) => `v${version} ${source}`)
      const server = new Server({ codec, connection: Behind, reactor })
      await server.listen({ port: 0, host: '127.0.0.1' })
      t.teardown(() => server.stop({ timeout: 0 }))
      const front = await startHaproxy(t, `${server.addresses[0]} ${option}`)
      const { wire, port } = await dialFrom(t, '127.0.0.8', front)
      wire.write('one\ntwo\n')
      t.equal(await wire.line(), `v${option.includes('v2') ? 2 : 1} 127.0.0.8:${port}\n`)
      t.equal(await wire.line(), 'one\n')
      t.equal(await wire.line(), 'two\n')
    })
  }
}

t.test('HAProxy that checks whether the server lives, with LOCAL headers', needsHaproxy, async (t) => {
  const echo = startExample(t, 'echo-server', '--port', '0', '--proxy-from', '127.0.0.0/8')
  const behind = portIn(await echo.line())
  const front = await startHaproxy(t, `127.0.0.1:${behind} send-proxy-v2 check inter 20 fall 1`)
  for (let i = 0; i < 10; i++) {
    const { wire, port } = await dialFrom(t, '127.0.0.7', front)
    t.match(await wire.line(), `You come from 127.0.0.7:${port},`)
  }
})
