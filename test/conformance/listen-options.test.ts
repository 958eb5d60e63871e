import { execFileSync } from 'node:child_process'
import { line } from '@shiny/codecs'
import { type Address, Connection, type ListenOptions, Server, ShinyError } from '@shiny/core'
import { addressOf, makeEcho, refused, serves } from './driver/listening.js'
import { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'
import { loopback, socketPath } from './driver/start.js'

const noSs = !hasSs() && 'there is no ss here'

/** Tells which of several servers it belongs to. */
class Named extends Connection<string, string, string> {
  override onOpen(): void {
    this.send(this.app)
  }
  override onMessage(): void {}
}

overReactors((t, reactor) => {
  t.test('options that do not go together', async (t) => {
    const path = socketPath(t)
    const cases: [unknown, string][] = [
      [{ ...loopback, mode: 0o600 }, 'mode'],
      [{ path, mode: 0o1000 }, 'mode'],
      [{ path, mode: -1 }, 'mode'],
      [{ path, mode: '600' }, 'mode'],
      [{ path: '\0name', mode: 0o600 }, 'mode'],
      [{ path, host: '127.0.0.1' }, 'path'],
      [{ path, ipv6Only: false }, 'ipv6Only'],
      [{ path, family: 4 }, 'family'],
      [{ path, reusePort: true }, 'reusePort'],
      [{ path, noDelay: false }, 'noDelay'],
      [{ path, keepAlive: true }, 'keepAlive'],
      [{ fd: 3, port: 0 }, 'fd'],
      [{ fd: 3, path }, 'fd'],
      [{ fd: 3, host: '::1' }, 'fd'],
      [{ fd: 3, mode: 0o600 }, 'mode'],
      [{ fd: 3, backlog: 10 }, 'backlog'],
      [{ fd: 3, reusePort: true }, 'reusePort'],
      [{ fd: 3, ipv6Only: true }, 'ipv6Only'],
      [{ fd: -1 }, 'fd'],
      [{ fd: 1.5 }, 'fd'],
      [{ ...loopback, family: 6 }, 'family'],
      [{ ...loopback, family: 5 }, 'family'],
      [{ port: 0, family: 4, ipv6Only: true }, 'ipv6Only'],
      [{ ...loopback, keepAlive: 999 }, 'keepAlive'],
      [{ ...loopback, keepAlive: 32_767_001 }, 'keepAlive'],
      [{ ...loopback, keepAlive: Number.NaN }, 'keepAlive'],
      [{ ...loopback, keepAlive: '60' }, 'keepAlive'],
      [{ ...loopback, noDelay: 1 }, 'noDelay'],
      [{ ...loopback, reusePort: 'yes' }, 'reusePort'],
      [{ host: '127.0.0.1' }, 'port']
    ]
    for (const [at, path] of cases) await refused(t, reactor, at as ListenOptions, { code: 'ERR_OPTION', path })
  })

  t.test('a server listens with each option', async (t) => {
    for (const options of [
      { noDelay: false },
      { noDelay: true },
      { keepAlive: false },
      { keepAlive: true },
      { keepAlive: 1000 },
      { keepAlive: 32_767_000 },
      { backlog: 1 },
      { backlog: 65535 },
      { name: 'front door' }
    ]) {
      const server = makeEcho(t, reactor)
      await server.listen({ ...loopback, ...options })
      await serves(t, addressOf(server), JSON.stringify(options))
      await server.stop()
    }
  })

  t.test('keepAlive makes the system probe silent peers, after so long', { skip: noSs }, async (t) => {
    for (const [keepAlive, least, most] of [
      [true, 50, 60],
      [2_000_000, 1_900, 2_000],
      [99_001, 90, 100]
    ] as const) {
      const server = makeEcho(t, reactor)
      await server.listen({ ...loopback, keepAlive })
      const seconds = keepAliveTimer(await connected(server))
      t.ok(seconds !== null && seconds >= least && seconds <= most, `${keepAlive}: in ${seconds} seconds`)
      await server.stop({ timeout: 0 })
    }
    const server = makeEcho(t, reactor)
    await server.listen(loopback)
    t.equal(keepAliveTimer(await connected(server)), null, 'none without it')
  })

  t.test('reusePort shares a port out', async (t) => {
    const make = (name: string) => {
      const server = new Server({ codec: line(), connection: Named, reactor, app: name })
      t.teardown(() => server.stop({ timeout: 0 }))
      return server
    }
    const [one, two, three] = [make('one'), make('two'), make('three')]
    const error = await one.listen({ ...loopback, reusePort: true }).then(
      () => null,
      (error: unknown) => error as ShinyError
    )
    if (error !== null) {
      t.ok(error instanceof ShinyError)
      t.match(error, { code: 'ERR_OPTION', path: 'reusePort' }, 'refused where it cannot be had')
      t.ok(reactor === 'portable' || process.platform !== 'linux')
      return
    }
    const { port } = one.addresses[0] as Address
    await two.listen({ ...loopback, port, reusePort: true })
    await t.rejects(three.listen({ ...loopback, port }), { code: 'ERR_ADDRESS_IN_USE' }, 'only with those who share')
    const reached = new Set<string>()
    for (let i = 0; i < 500 && reached.size < 2; i++) {
      const peer = await Peer.connect(one.addresses[0] as Address)
      reached.add(await peer.line())
      peer.end()
      await peer.closed()
    }
    t.strictSame([...reached].sort(), ['one', 'two'])
  })
})

/** Connects to a server and waits until it has accepted; resolves with the peer's port. */
async function connected(server: Server<string>): Promise<number> {
  const peer = await Peer.connect(addressOf(server))
  await peer.write('hello\n')
  await peer.line()
  return peer.socket.localPort as number
}

/** In how many seconds the server's socket of a peer is going to probe it, or null. */
function keepAliveTimer(peerPort: number): number | null {
  const shown = execFileSync('ss', ['-tnoH', 'state', 'established', `dport = :${peerPort}`], { encoding: 'utf8' })
  const timer = /keepalive,(?:(\d+)min)?(?:([\d.]+)sec)?/.exec(shown)
  return timer === null ? null : Number(timer[1] ?? 0) * 60 + Number(timer[2] ?? 0)
}

function hasSs(): boolean {
  try {
    execFileSync('ss', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
