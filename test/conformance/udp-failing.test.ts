// Datagrams that fail, hooks that fail, and what goes on nevertheless.

import { setTimeout as sleep } from 'node:timers/promises'
import { text } from '@shiny/codecs'
import { type Address, DecodeError, type Format, type ShinyError, UdpServer } from '@shiny/core'
import { Journal } from './driver/journal.js'
import { codeOf } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { NotedEcho, startUdp, UdpPeer, udpLoopback } from './driver/udp.js'

/** Refuses the text `bad` by a DecodeError and `odd` by another error; cannot encode `unsendable`. */
const picky: Format<string> = {
  name: 'picky',
  maxLength: 1000,
  decode(src) {
    const text = src.takeUtf8(src.length)
    if (text === 'bad') throw new DecodeError('ERR_INVALID_MESSAGE', 'bad')
    if (text === 'odd') throw new TypeError('odd')
    return text
  },
  encode(text, dst) {
    dst.utf8(text)
    if (text === 'unsendable') throw new TypeError('cannot send this')
  }
}

overReactors(
  (t, reactor) => {
    t.test('a datagram that the format refuses is told with its sender', async (t) => {
      const { server, journal, address, peer } = await startUdp(t, reactor, NotedEcho, { format: picky })
      const told: string[] = []
      server.on('error', (error, from) => told.push(`${codeOf(error)} ${from?.port}`))
      await peer.send('bad', address)
      await peer.send('odd', address)
      t.equal(await peer.ask('good', address), 'good')
      const errors = ['error ERR_INVALID_MESSAGE 127.0.0.1', 'error ERR_MALFORMED 127.0.0.1']
      t.strictSame(journal.entries, ['open 1', ...errors, 'message good'])
      t.strictSame(told, [`ERR_INVALID_MESSAGE ${peer.address.port}`, `ERR_MALFORMED ${peer.address.port}`])
      t.match(server.stats(), { received: 3, dropped: { malformed: 2 } })
    })

    t.test('a datagram that is too long is told with its sender, and not delivered in part', async (t) => {
      const format = text({ maxLength: 10 })
      const { server, journal, address, peer } = await startUdp(t, reactor, NotedEcho, { format })
      for (const length of [11, 64, 1000, 65_507]) await peer.send('x'.repeat(length), address)
      t.equal(await peer.ask('y'.repeat(10), address), 'y'.repeat(10))
      const error = 'error ERR_DATAGRAM_TOO_LONG 127.0.0.1'
      t.strictSame(journal.entries, ['open 1', error, error, error, error, `message ${'y'.repeat(10)}`])
      t.match(server.stats(), { received: 5, dropped: { tooLong: 4 } })
    })

    t.test('a message that cannot be encoded is thrown by send, and nothing of it leaves', async (t) => {
      const { server, peer } = await startUdp(t, reactor, NotedEcho, { format: picky })
      const to = peer.address
      t.throws(() => server.endpoint.send('unsendable', to), { code: 'ERR_MESSAGE_TYPE', origin: 'encode' })
      t.throws(() => server.endpoint.send('x'.repeat(1001), to), { code: 'ERR_DATAGRAM_TOO_LONG', origin: 'encode' })
      t.throws(() => server.endpoint.send('x'.repeat(1_000_000), to), { code: 'ERR_DATAGRAM_TOO_LONG' })
      server.endpoint.send('x'.repeat(1000), to)
      t.equal(await peer.text(), 'x'.repeat(1000))
      t.equal(server.stats().sent, 1)
    })

    t.test('a datagram that the system refuses is told with its receiver', async (t) => {
      const { server, journal, peer } = await startUdp(t, reactor, NotedEcho)
      const errors: (ShinyError & { peer?: Address | undefined })[] = []
      server.on('error', (error, to) => errors.push(Object.assign(error as ShinyError, { peer: to })))
      server.endpoint.send('before', peer.address)
      server.endpoint.send('x'.repeat(65_510), peer.address)
      server.endpoint.send('behind', peer.address)
      t.strictSame([await peer.text(), await peer.text()], ['before', 'behind'])
      await journal.until('error ERR_DATAGRAM_TOO_LONG 127.0.0.1')
      t.strictSame(
        errors.map(({ code, errno, origin }) => [code, errno, origin]),
        [['ERR_DATAGRAM_TOO_LONG', 'EMSGSIZE', 'socket']]
      )
      t.equal(errors[0]?.peer?.port, peer.address.port)
      t.match(server.stats(), { sent: 2, queued: 0, dropped: { unsent: 1 } })
    })

    t.test('a closed port harms nobody', async (t) => {
      const { server, journal, address, peer } = await startUdp(t, reactor)
      const gone = await UdpPeer.bind(t)
      const silent = gone.address
      await new Promise<void>((resolve) => gone.socket.close(resolve))
      gone.socket.close = () => gone.socket
      for (let i = 0; i < 10; i++) {
        server.endpoint.send('is anybody there?', silent)
        server.endpoint.send(`behind ${i}`, peer.address)
        t.equal(await peer.text(), `behind ${i}`)
        t.equal(await peer.ask(`next ${i}`, address), `next ${i}`)
      }
      if (reactor === 'native' && process.platform === 'linux') await journal.until('error ERR_UNREACHABLE 127.0.0.1')
      t.match(server.stats(), { sent: 30, dropped: { unsent: 0 } })
    })

    t.test('a hook that throws or rejects ends nothing', async (t) => {
      class Failing extends NotedEcho {
        override onOpen(): void {
          throw new Error('open')
        }
        override onMessage(text: string, from: Address): void | Promise<void> {
          if (text === 'throw') throw new Error('thrown')
          // biome-ignore lint/style/useThrowOnlyError: handlers may throw anything
          if (text === 'odd') throw 'no error'
          if (text === 'reject') return Promise.reject(new Error('rejected'))
          this.send(text, from)
        }
        override onBatchEnd(): void {
          this.app.note('batch')
        }
      }
      const { server, journal, address, peer } = await startUdp(t, reactor, Failing)
      const told: string[] = []
      server.on('error', (error, from) => told.push(`${codeOf(error)} ${from?.port ?? 'nobody'}`))
      for (const text of ['throw', 'odd', 'reject']) await peer.send(text, address)
      t.equal(await peer.ask('fine', address), 'fine')
      await journal.until('error rejected 127.0.0.1')
      const { port } = peer.address
      t.strictSame(
        told.sort(),
        [`ERR_HANDLER ${port}`, `rejected ${port}`, `thrown ${port}`].sort(),
        'the server is told, with the peer'
      )
      t.equal(journal.entries[0], 'error open nobody')
      t.equal(server.listening, true)
    })

    t.test('onError and onClose that throw are told by the server, once', async (t) => {
      class Worse extends NotedEcho {
        override onMessage(): void {
          throw new Error('first')
        }
        override onError(): void {
          throw new Error('second')
        }
        override onClose(): void {
          throw new Error('third')
        }
      }
      const { server, address, peer } = await startUdp(t, reactor, Worse)
      const journal = new Journal()
      server.on('error', (error) => journal.note(error.message))
      await peer.send('x', address)
      await journal.until('first')
      await server.stop()
      t.strictSame(journal.entries, ['second', 'first', 'third'])
    })

    t.test('a listener that throws is an uncaught exception and loses no datagram', async (t) => {
      const { server, journal, address, peer } = await startUdp(t, reactor, NotedEcho, { format: picky })
      const caught = new Promise<string>((resolve) => {
        process.once('uncaughtException', (error) => resolve(error.message))
      })
      server.once('error', () => {
        throw new Error('from the listener')
      })
      void peer.send('bad', address)
      void peer.send('good', address)
      t.equal(await peer.text(), 'good')
      t.equal(await caught, 'from the listener')
      t.ok(journal.entries.includes('message good'))
    })

    t.test(
      'every datagram of a flood is either received or counted as lost',
      {
        skip:
          reactor !== 'native' || process.platform !== 'linux'
            ? 'only Linux tells the native reactor what it lost'
            : false
      },
      async (t) => {
        const at = { ...udpLoopback, receiveBuffer: 16 * 1024 }
        const { server, address, peer } = await startUdp(t, reactor, NotedEcho, { at })
        let sent = 10_000
        await Promise.all(Array.from({ length: sent }, (_, i) => peer.send(String(i), address)))
        // The last one may be lost too.
        const marks = new Journal()
        void (async () => {
          for (;;) if ((await peer.text()) === 'mark') marks.note('mark')
        })()
        while (marks.entries.length === 0) {
          await peer.send('mark', address)
          sent++
          await Promise.race([marks.until('mark'), sleep(100)])
        }
        await server.stop()
        const { received, dropped } = server.stats()
        t.ok((dropped.receiveBuffer ?? 0) > 0, `some are lost: ${dropped.receiveBuffer}`)
        t.equal(received + (dropped.receiveBuffer ?? 0), sent)
      }
    )

    t.test('an endpoint that no server made cannot be used', async (t) => {
      const stray = new NotedEcho()
      const { peer } = await startUdp(t, reactor)
      t.throws(() => stray.send('x', peer.address), { code: 'ERR_DETACHED' })
      t.throws(() => stray.isOpen, { code: 'ERR_DETACHED' })
      const server = new UdpServer({ format: picky, endpoint: NotedEcho, app: new Journal(), reactor })
      t.equal(server.endpoint.isOpen, false)
      t.throws(() => server.endpoint.send('early', peer.address), { code: 'ERR_CLOSED' })
    })
  },
  ['UDP']
)
