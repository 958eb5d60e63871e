// Goal: a codec's limits change while it runs, from the next message on, however the bytes come and whoever frames them.
// Method: RESP that is strict before AUTH, over both reactors, framed natively and, behind a stage, in TypeScript.

import { bytes, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import type { Codec } from '@shiny/core'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

/** Strict until AUTH; answers the number of arguments. */
class Strict extends Noted<RespCommand, RespReply> {
  override onOpen(): void {
    this.app.note('open')
    this.setLimits(resp.beforeAuth)
  }
  override onMessage(command: RespCommand): void {
    this.app.note(`${command.name} ${command.length}`)
    if (command.name === 'AUTH') this.setLimits(resp.afterAuth)
    if (command.name === 'RESET') this.setLimits(resp.beforeAuth)
    this.send(command.length)
  }
}

const request = (count: number, argument = 'x') =>
  `*${count}\r\n$4\r\nECHO\r\n${`$${argument.length}\r\n${argument}\r\n`.repeat(count - 1)}`
const AUTH = '*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n'
const big = 'x'.repeat(16_385)

const codecs: [string, () => Codec<RespCommand, RespReply>][] = [
  ['by its plan', () => resp()],
  ['mapped', () => resp().map({ in: (command) => command, out: (reply: RespReply) => reply })],
  [
    'in TypeScript',
    () =>
      resp().pipe({
        name: 'stage',
        decoder: () => ({ decode: (next) => next() }),
        encoder: () => ({ encode: (message: RespReply, emit) => emit(message) })
      })
  ]
]

overReactors((t, reactor) => {
  for (const [name, codec] of codecs) {
    t.test(`${name}: what is allowed before AUTH`, async (t) => {
      const { connect } = await start(t, reactor, { codec: codec(), connection: Strict })
      const peer = await connect()
      await peer.write(request(10, 'x'.repeat(16_384)))
      t.equal(await peer.text(5), ':10\r\n')
    })

    t.test(`${name}: what is not, in Redis's words`, async (t) => {
      for (const [bytes, text] of [
        ['*11\r\n', 'unauthenticated multibulk length'],
        ['*3000000000\r\n', 'invalid multibulk length'],
        ['*1048577\r\n', 'invalid multibulk length'],
        ['*2\r\n$4\r\nECHO\r\n$16385\r\n', 'unauthenticated bulk length'],
        ['*2\r\n$4\r\nECHO\r\n$100000000\r\n', 'invalid bulk length'],
        ['*2\r\n$4\r\nECHO\r\n$9000000000\r\n', 'invalid bulk length']
      ] as const) {
        const { connect, journal } = await start(t, reactor, { codec: codec(), connection: Strict })
        const peer = await connect()
        await peer.write(`PING\r\n${bytes}`)
        t.equal(String(await peer.rest()), `:1\r\n-ERR Protocol error: ${text}\r\n`)
        await journal.starting('close')
      }
    })

    t.test(`${name}: AUTH frees the commands behind it, in the same read or in another`, async (t) => {
      const stream = `${AUTH}${request(11)}${request(2, big)}*1\r\n$5\r\nRESET\r\n${request(2)}${request(11)}`
      const answers = ':2\r\n:11\r\n:2\r\n:1\r\n:2\r\n-ERR Protocol error: unauthenticated multibulk length\r\n'
      for (const cut of [stream.length, 10, AUTH.length, AUTH.length + 3, AUTH.length + 30, stream.length - 60]) {
        const { connect, journal } = await start(t, reactor, { codec: codec(), connection: Strict })
        const peer = await connect()
        await peer.write(stream.slice(0, cut))
        if (cut > AUTH.length) await journal.until('AUTH 2')
        await peer.write(stream.slice(cut))
        t.equal(String(await peer.rest()), answers, `cut at ${cut}`)
      }
    })

    t.test(`${name}: limits that change outside of a handler hold for the request that has begun`, async (t) => {
      const { connect, journal, server } = await start(t, reactor, { codec: codec(), connection: Strict })
      const peer = await connect()
      await peer.write(AUTH)
      t.equal(await peer.text(4), ':2\r\n')
      await peer.write('PING\r\n*11\r\n$4\r\nECHO\r\n')
      await journal.until('PING 1')
      for (const connection of server.connections) connection.setLimits(resp.beforeAuth)
      t.equal(String(await peer.rest()), ':1\r\n-ERR Protocol error: unauthenticated multibulk length\r\n')
    })
  }

  t.test('after AUTH more may be buffered again', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: resp(), connection: Strict })
    const peer = await connect()
    await peer.write(AUTH)
    await journal.until('AUTH 2')
    const large = request(2, 'x'.repeat(3_000_000))
    await peer.write(large.slice(0, 2_500_000))
    await new Promise((resolve) => setTimeout(resolve, 250))
    await peer.write(large.slice(2_500_000))
    t.equal(await peer.text(8), ':2\r\n:2\r\n', 'although the limit of a connection is looked at ten times a second')
  })

  t.test('a constructor is too early', async (t) => {
    class Early extends Noted<RespCommand, RespReply> {
      constructor() {
        super()
        try {
          this.setLimits(resp.beforeAuth)
        } catch (error) {
          this.app.note(String((error as { code?: string }).code))
        }
      }
      override onMessage(command: RespCommand): void {
        this.send(command.length)
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: resp(), connection: Early })
    const peer = await connect()
    await peer.write(request(11))
    t.equal(await peer.text(5), ':11\r\n')
    t.strictSame(journal.entries, ['ERR_DETACHED', 'open'])
  })

  t.test('limits that the codec does not have are refused, and nothing changes', async (t) => {
    class Wrong extends Noted<RespCommand, RespReply> {
      override onMessage(command: RespCommand): void {
        for (const limits of [
          { codec: { maxLength: 1 } },
          { codec: { maxBulk: 0 } },
          { codec: { maxBulk: '1' as never } },
          { codec: { maxBulk: 1 }, maxQueued: -1 },
          { codec: null as never }
        ]) {
          try {
            this.setLimits(limits)
            this.app.note('accepted')
          } catch (error) {
            this.app.note(String((error as { code?: string }).code))
          }
        }
        this.send(command.length)
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: resp(), connection: Wrong })
    const peer = await connect()
    await peer.write(request(2))
    t.equal(await peer.text(4), ':2\r\n')
    await peer.write(request(2, big))
    t.equal(await peer.text(4), ':2\r\n')
    t.strictSame(journal.entries, ['open', ...Array<string>(10).fill('ERR_OPTION')])
  })

  t.test('a codec without such limits says so', async (t) => {
    class Raw extends Noted<Uint8Array, Uint8Array | string> {
      override onMessage(): void {
        this.setLimits({ codec: { maxLength: 1 } })
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: bytes(), connection: Raw })
    const peer = await connect()
    await peer.write('x\n')
    t.equal(await journal.starting('close'), 'close error ERR_OPTION')
  })

  t.test('an upgrade ends the limits, and drops what it is told to drop although they change', async (t) => {
    class Next extends Noted<RespCommand, RespReply> {
      override onOpen(): void {
        this.setLimits({ codec: { maxArguments: 2 } })
        this.send('next')
      }
      override onMessage(command: RespCommand): void {
        this.send(command.length)
      }
    }
    class First extends Noted<RespCommand, RespReply> {
      override onMessage(): void {
        this.setLimits({ codec: { maxBulk: 4 } })
        this.upgrade(resp(), Next as new () => Noted<RespCommand, RespReply> & { app: Journal }, { leftover: 'drop' })
      }
    }
    const { connect } = await start(t, reactor, { codec: resp(), connection: First })
    const peer = await connect()
    await peer.write(`${request(2)}${request(2)}`)
    t.equal(await peer.text(10), '$4\r\nnext\r\n')
    await peer.write(`${request(2, 'longer')}${request(3)}`)
    t.equal(String(await peer.rest()), ':2\r\n-ERR Protocol error: unauthenticated multibulk length\r\n')
  })
})
