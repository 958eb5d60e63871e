import { line } from '@shiny/codecs'
import { Server, type ServerStats } from '@shiny/core'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { listen, startLines } from './driver/start.js'

class Echo extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    if (text === 'throw') throw new Error('thrown')
    if (text === 'quit') this.end('bye')
    else if (text === 'flood') this.send('x'.repeat(8 * 1024 * 1024))
    else this.send(text)
  }

  override onClose(reason: Parameters<Noted['onClose']>[0]): void {
    super.onClose(reason)
    this.app.note('closed')
  }
}

const untimed = ({ uptime: _, turns: __, messagesPerTurn: ___, ...rest }: ServerStats) => rest

overReactors((t, reactor) => {
  t.test('a server that has done nothing has counted nothing', async (t) => {
    const server = new Server({ codec: line(), connection: Echo, app: undefined as never, reactor })
    const stats = server.stats()
    t.strictSame(untimed(stats), {
      connections: { open: 0, accepted: 0, closed: { peer: 0, local: 0, error: 0, timeout: 0 } },
      refused: {},
      messages: { received: 0, sent: 0 },
      bytes: { read: 0, written: 0, queued: 0, largestQueue: 0 },
      errors: {},
      timeouts: {}
    })
    t.equal(stats.uptime, 0)
    t.equal(stats.turns, 0)
  })

  t.test('the totals are what the sessions did, while they last and afterwards', async (t) => {
    const { server, journal, connect } = await startLines(t, reactor, Echo)
    const ended = await connect()
    const closed = await connect()
    const broken = await connect()
    const open = await connect()
    await ended.write('one\ntwo\nthree\n')
    t.equal((await ended.text(14)).length, 14)
    await open.write('hello\n')
    t.equal(await open.line(), 'hello')
    t.strictSame(untimed(server.stats()), {
      connections: { open: 4, accepted: 4, closed: { peer: 0, local: 0, error: 0, timeout: 0 } },
      refused: {},
      messages: { received: 4, sent: 4 },
      bytes: { read: 20, written: 20, queued: 0, largestQueue: 0 },
      errors: {},
      timeouts: {}
    })

    ended.end()
    await closed.write('quit\n')
    await broken.write('throw\n')
    for (const peer of [ended, closed, broken]) await peer.closed()
    await journal.until('closed', 3)
    const stats = server.stats()
    t.strictSame(untimed(stats), {
      connections: { open: 1, accepted: 4, closed: { peer: 1, local: 1, error: 1, timeout: 0 } },
      refused: {},
      messages: { received: 6, sent: 5 },
      bytes: { read: 31, written: 24, queued: 0, largestQueue: 0 },
      errors: { handler: 1 },
      timeouts: {}
    })
    t.ok(stats.uptime > 0)
    t.ok(stats.turns > 0)
    t.equal(stats.messagesPerTurn, 6 / stats.turns)
    t.ok([stats, stats.bytes, stats.connections, stats.connections.closed, stats.errors].every(Object.isFrozen))

    open.end()
    await open.closed()
    await server.stop()
    const last = server.stats()
    t.equal(last.uptime, 0, 'a server that has stopped has no uptime')
    t.strictSame(last.bytes, { read: 31, written: 24, queued: 0, largestQueue: 0 })
    t.strictSame(last.connections, { open: 0, accepted: 4, closed: { peer: 2, local: 1, error: 1, timeout: 0 } })
  })

  t.test('output that a peer does not read is queued, and no longer when it has gone', async (t) => {
    const { server, journal, connect } = await startLines(t, reactor, Echo)
    const slow = await connect({ reading: false })
    const quick = await connect()
    await slow.write('flood\n')
    await journal.until('message flood')
    await quick.write('hello\n')
    t.equal(await quick.line(), 'hello')
    const { bytes } = server.stats()
    t.ok(bytes.queued > 0 && bytes.queued <= 8 * 1024 * 1024 + 1, `${bytes.queued} bytes are queued`)
    t.equal(bytes.largestQueue, bytes.queued)
    slow.reset()
    await journal.until('closed')
    t.strictSame(server.stats().bytes, { read: 12, written: 8 * 1024 * 1024 + 7, queued: 0, largestQueue: 0 })
  })

  t.test('refused peers and bad bytes are counted by their reasons', async (t) => {
    let serve = true
    class Choosy extends Server<string, string> {
      protected override createConnection(): Noted | null {
        if (serve) return new Noted() as never
        throw new Error('no more')
      }
    }
    const { server, journal, connect } = await startLines(t, reactor, Noted, { codec: line({ maxLength: 10 }) })
    const peer = await connect()
    await peer.write('much too long a line\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(server.stats().errors, { ERR_FRAME_TOO_LONG: 1 })

    const choosy = new Choosy({ codec: line(), connection: Noted as never, reactor })
    choosy.on('error', () => {})
    const { connect: reach } = await listen(t, choosy)
    serve = false
    await (await reach()).closed()
    t.strictSame(choosy.stats().refused, { handler: 1 })
    t.strictSame(choosy.stats().errors, { handler: 1 })
    t.equal(choosy.stats().connections.accepted, 0)
  })

  t.test('peers turned away at the door are counted, and never accepted', async (t) => {
    const { server, connect } = await startLines(t, reactor, Echo, { access: [{ deny: '127.0.0.0/8' }] })
    await (await connect()).closed()
    await (await connect()).closed()
    const { refused, connections, errors } = server.stats()
    t.strictSame(refused, { access: 2 })
    t.strictSame([connections.accepted, connections.open], [0, 0])
    t.strictSame(errors, {})
  })

  t.test('a connection that was upgraded is one connection, and its bytes add up', async (t) => {
    class First extends Noted {
      override onMessage(text: string): void {
        this.send(text)
        this.upgrade(line({ maxLength: 100 }), Echo)
      }
    }
    const { server, journal, connect } = await startLines(t, reactor, First)
    const peer = await connect()
    await peer.write('up\nhello\n')
    t.equal(await peer.text(9), 'up\nhello\n')
    const during = server.stats()
    t.equal(during.connections.open, 1)
    peer.end()
    await peer.closed()
    await journal.until('closed')
    const after = server.stats()
    for (const { messages, bytes, connections } of [during, after]) {
      t.strictSame([messages.received, messages.sent, bytes.read, bytes.written], [2, 2, 9, 9])
      t.equal(connections.accepted, 1)
    }
    t.equal(after.connections.closed.peer, 1)
  })

  t.test('two servers of a thread count apart', async (t) => {
    const first = await startLines(t, reactor, Echo)
    const second = await startLines(t, reactor, Echo)
    const peer = await first.connect()
    await peer.write('hello\n')
    t.equal(await peer.line(), 'hello')
    t.equal(first.server.stats().messages.received, 1)
    t.equal(second.server.stats().messages.received, 0)
  })
})
