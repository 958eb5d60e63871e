// The life of a UDP server: listening, stopping, closing from inside, and what keeps a process alive.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { text } from '@shiny/codecs'
import { type Address, ShinyError, type UdpListenOptions, UdpServer } from '@shiny/core'
import type { Test as Tap } from 'tap'
import { Journal } from './driver/journal.js'
import { overReactors } from './driver/reactors.js'
import { NotedEcho, startUdp, UdpPeer, udpLoopback } from './driver/udp.js'

/** Whether this Node can do it for the portable reactor; see the documentation of `dgram.createSocket`. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const dgramReusesPorts = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)

overReactors(
  (t, reactor) => {
    const make = () => new UdpServer({ format: text(), endpoint: NotedEcho, app: new Journal(), reactor })

    async function refused(t: Tap, at: UdpListenOptions | string, expected: Partial<ShinyError>): Promise<void> {
      const server = make()
      const error = await server.listen(at).then(
        () => null,
        (error: unknown) => error as ShinyError
      )
      t.ok(error instanceof ShinyError, `${JSON.stringify(at)} is refused with a ShinyError`)
      t.match(error, expected)
      t.equal(server.listening, false)
      t.strictSame(server.addresses, [])
      await server.listen(udpLoopback)
      t.equal(server.listening, true, 'and the server can listen elsewhere')
      await server.stop()
    }

    t.test('addresses that cannot be had', async (t) => {
      const { address } = await startUdp(t, reactor)
      const inUse = { code: 'ERR_ADDRESS_IN_USE', errno: 'EADDRINUSE', address: String(address) } as const
      await refused(t, { host: '127.0.0.1', port: address.port }, inUse)
      const elsewhere = { code: 'ERR_ADDRESS_NOT_AVAILABLE', errno: 'EADDRNOTAVAIL' } as const
      await refused(t, { host: '192.0.2.1', port: 0 }, elsewhere)
    })

    t.test('when one address of several fails, none listens', async (t) => {
      const { address } = await startUdp(t, reactor)
      const server = make()
      await t.rejects(server.listen(udpLoopback, `udp://${address}`), { code: 'ERR_ADDRESS_IN_USE' })
      t.strictSame(server.addresses, [])
      await server.listen(udpLoopback)
      await server.stop()
    })

    t.test('addresses that cannot be understood', async (t) => {
      for (const url of [
        '',
        'tcp://127.0.0.1:0',
        'udp://',
        'udp://127.0.0.1',
        'udp6://127.0.0.1:0',
        'udp4://[::1]:0'
      ]) {
        await refused(t, url, { code: 'ERR_ADDRESS', address: url })
      }
    })

    t.test('bad options, each with its path', async (t) => {
      const where: [unknown, string][] = [
        [{}, 'port'],
        [{ port: -1 }, 'port'],
        [{ port: 0, host: 1 }, 'host'],
        [{ port: 0, backlog: 1 }, 'backlog'],
        [{ port: 0, receiveBuffer: 0 }, 'receiveBuffer'],
        [{ port: 0, sendBuffer: 'much' }, 'sendBuffer'],
        [{ port: 0, reusePort: 1 }, 'reusePort'],
        [{ port: 0, broadcast: 'yes' }, 'broadcast'],
        [{ port: 0, host: '127.0.0.1', ipv6Only: true }, 'ipv6Only'],
        [null, 'listen']
      ]
      for (const [at, path] of where) await refused(t, at as UdpListenOptions, { code: 'ERR_OPTION', path })
      const good = { format: text(), endpoint: NotedEcho, app: new Journal(), reactor }
      const options: [object, string][] = [
        [{ format: undefined }, 'format'],
        [{ format: { ...text(), maxLength: -1 } }, 'format.maxLength'],
        [{ format: { ...text(), maxLength: 1.5 } }, 'format.maxLength'],
        [{ endpoint: 'Echo' }, 'endpoint'],
        [{ codec: text() }, 'codec'],
        [{ highWaterMark: 10, lowWaterMark: 10 }, 'lowWaterMark'],
        [{ highWaterMark: 10, maxQueued: 9 }, 'maxQueued'],
        [{ reactor: 'node' }, 'reactor']
      ]
      for (const [wrong, path] of options) {
        t.throws(() => new UdpServer({ ...good, ...wrong } as typeof good), { code: 'ERR_OPTION', path }, path)
      }
    })

    t.test('a port can be shared by those who want it', async (t) => {
      if (reactor === 'portable' && !dgramReusesPorts) {
        await refused(t, { ...udpLoopback, reusePort: true }, { code: 'ERR_SOCKET', errno: 'ENOTSUP' })
        return
      }
      const first = await startUdp(t, reactor, NotedEcho, { at: { ...udpLoopback, reusePort: true } })
      const { port } = first.address
      const second = await startUdp(t, reactor, NotedEcho, { at: { ...udpLoopback, port, reusePort: true } })
      await refused(t, { ...udpLoopback, port }, { code: 'ERR_ADDRESS_IN_USE' })
      for (let i = 0; i < 20; i++) {
        const peer = await UdpPeer.bind(t)
        t.equal(await peer.ask(`from ${i}`, first.address), `from ${i}`)
      }
      t.equal(first.server.stats().received + second.server.stats().received, 20)
    })

    t.test('listening twice, and again after a stop', async (t) => {
      const server = make()
      const noted: string[] = []
      server.on('listening', (address) => noted.push(`listening ${address.host}`))
      server.on('close', () => noted.push('close'))
      const listening = server.listen(udpLoopback)
      await t.rejects(server.listen(udpLoopback), { code: 'ERR_ALREADY_LISTENING' })
      await listening
      await t.rejects(server.listen(udpLoopback), { code: 'ERR_ALREADY_LISTENING' })
      const first = server.endpoint
      const { port } = server.addresses[0] as Address
      const stopping = server.stop()
      await t.rejects(server.listen(udpLoopback), { code: 'ERR_STOPPED' })
      await stopping
      const peer = await UdpPeer.bind(t)
      t.throws(() => first.send('late', peer.address), { code: 'ERR_CLOSED' })
      t.equal(first.isOpen, false)
      await server.listen({ host: '127.0.0.1', port })
      t.not(server.endpoint, first, 'each life has an endpoint of its own')
      t.equal(await peer.ask('again', server.addresses[0]), 'again')
      await server.stop()
      t.strictSame(noted, ['listening 127.0.0.1', 'close', 'listening 127.0.0.1', 'close'])
      t.equal(server.stats().received, 1)
      await server.stop()
    })

    t.test('a stop delivers what has arrived and sends what is queued', async (t) => {
      const { server, journal, address, peer } = await startUdp(t, reactor)
      t.equal(await peer.ask('warm', address), 'warm')
      await Promise.all(Array.from({ length: 100 }, (_, i) => peer.send(`number ${i}`, address)))
      await server.stop()
      for (let i = 0; i < 100; i++) t.equal(await peer.text(), `number ${i}`)
      t.equal(journal.entries.at(-1), 'close local')
      t.match(server.stats(), { received: 101, sent: 101 })
      t.equal(server.endpoint.isOpen, false)
    })

    t.test('a stop waits for handlers that returned promises, until its deadline', async (t) => {
      const finish: (() => void)[] = []
      class Slow extends NotedEcho {
        override async onMessage(text: string, from: Address): Promise<void> {
          this.app.note(`message ${text}`)
          await new Promise<void>((resolve) => finish.push(resolve))
          if (this.isOpen) this.send(text, from)
          else this.app.note('too late')
        }
      }
      const one = await startUdp(t, reactor, Slow)
      await one.peer.send('slow', one.address)
      await one.journal.until('message slow')
      const stopped = one.server.stop().then(() => one.journal.note('stopped'))
      setImmediate(() => finish.shift()?.())
      t.equal(await one.peer.text(), 'slow')
      await stopped
      t.strictSame(one.journal.entries, ['open 1', 'message slow', 'close local', 'stopped'])

      const two = await startUdp(t, reactor, Slow)
      await two.peer.send('never', two.address)
      await two.journal.until('message never')
      await two.server.stop({ timeout: 20 })
      finish.shift()?.()
      await two.journal.until('too late')
      t.strictSame(two.journal.entries, ['open 1', 'message never', 'close local', 'too late'])
    })

    t.test('a stop with no time closes at once, also from inside a handler', async (t) => {
      class Stopping extends NotedEcho {
        override onMessage(text: string): void {
          this.app.note(`message ${text}`)
          void server.stop({ timeout: 0 })
        }
      }
      const { server, journal, address, peer } = await startUdp(t, reactor, Stopping)
      const closed = new Promise<void>((resolve) => server.once('close', resolve))
      await peer.send('stop', address)
      await closed
      t.strictSame(journal.entries, ['open 1', 'message stop', 'close local'])
      t.strictSame(server.addresses, [])
    })

    t.test('close in a handler: nothing more is delivered, what was sent leaves', async (t) => {
      class Closing extends NotedEcho {
        override onMessage(text: string, from: Address): void {
          this.app.note(`message ${text}`)
          this.send('last', from)
          this.close()
          this.close()
          this.app.note(`open: ${this.isOpen}`)
          try {
            this.send('later', from)
          } catch (error) {
            this.app.note((error as ShinyError).code)
          }
        }
      }
      const { server, journal, address, peer } = await startUdp(t, reactor, Closing)
      const closed = new Promise<void>((resolve) => server.once('close', resolve))
      await Promise.all([peer.send('one', address), peer.send('two', address), peer.send('three', address)])
      t.equal(await peer.text(), 'last')
      await closed
      t.strictSame(journal.entries, ['open 1', 'message one', 'open: false', 'ERR_CLOSED', 'close local'])
      t.equal(server.listening, false)
    })

    t.test('a stop while it begins to listen', async (t) => {
      const server = make()
      const listening = server.listen(udpLoopback)
      await Promise.all([t.rejects(listening, { code: 'ERR_STOPPED' }), server.stop()])
      t.strictSame(server.addresses, [])
      await server.listen(udpLoopback)
      await server.stop()
    })

    t.test('await using stops it', async (t) => {
      let port: number
      {
        await using server = make()
        await server.listen(udpLoopback)
        port = (server.addresses[0] as Address).port
      }
      const again = make()
      await again.listen({ host: '127.0.0.1', port })
      t.equal(again.addresses[0]?.port, port, 'the port is free')
      await again.stop()
    })

    t.test('a hundred starts and stops', async (t) => {
      const server = make()
      const peer = await UdpPeer.bind(t)
      for (let i = 0; i < 100; i++) {
        await server.listen(udpLoopback)
        t.equal(await peer.ask(`life ${i}`, server.addresses[0]), `life ${i}`)
        await server.stop()
      }
    })

    for (const [what, output] of [
      ['unref', []],
      ['listening', ['echo', 'still alive']],
      ['stopped', ['echo']],
      ['a throwing handler without listeners', ['served']],
      ['exit', []],
      ['worker', ['echo', 'terminated']]
    ] as const) {
      t.test(`a process ends by itself: ${what}`, async (t) => {
        const ended = await run(reactor, what)
        t.strictSame([ended.code, ended.output], [what === 'exit' ? 7 : 0, output])
        if (what.startsWith('a throwing')) t.match(ended.errors, /ShinyWarning: .*not caught by anybody/)
        else t.equal(ended.errors, '')
      })
    }
  },
  ['UDP']
)

/** Runs the fixture in a process of its own, without what a test runner puts into the environment. */
function run(...args: string[]): Promise<{ code: number | null; output: string[]; errors: string }> {
  const file = fileURLToPath(new URL('./fixtures/udp-keeping.js', import.meta.url))
  const env = { ...process.env, NODE_OPTIONS: '' }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...args], { env, timeout: 20_000 }, (_error, stdout, stderr) => {
      const output = stdout.split('\n').filter((line) => line !== '')
      resolve({ code: child.exitCode, output, errors: stderr })
    })
  })
}
