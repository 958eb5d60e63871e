import { readdirSync } from 'node:fs'
import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { Journal } from './driver/journal.js'
import { codeOf, Noted } from './driver/noted.js'
import { Peer } from './driver/peer.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { loopback, startLines, transports } from './driver/start.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

class Echo extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    this.send(text)
  }
}

overReactors((t, reactor) => {
  t.test('answers what has arrived, then closes', async (t) => {
    for (const [name, at] of transports(t)) {
      const { connect, server, journal } = await startLines(t, reactor, Echo, { at })
      const peers = await Promise.all(Array.from({ length: 10 }, () => connect()))
      await journal.until('open', 10)
      await Promise.all(peers.map((peer) => peer.write('a\nb\nc\n')))
      const stopped = server.stop()
      for (const peer of peers) {
        t.equal((await peer.rest()).toString(), 'a\nb\nc\n', name)
        await peer.closed()
      }
      await stopped
      t.equal(journal.count('close local'), 10)
      t.equal(server.connections.size, 0)
      t.equal(server.listening, false)
      t.strictSame(server.addresses, [])
    }
  })

  t.test('answers what has arrived, also when it is more than one turn can read', async (t) => {
    const lines = `${'x'.repeat(99)}\n`.repeat(300)
    for (const [name, at] of transports(t)) {
      const { connect, server, journal } = await startLines(t, reactor, Echo, { at })
      const peers = await Promise.all(Array.from({ length: 100 }, () => connect()))
      await journal.until('open', 100)
      // All of it is in the hands of the system before the server can look.
      for (const peer of peers) void peer.write(lines)
      const stopped = server.stop()
      const answers = await Promise.all(peers.map((peer) => peer.rest()))
      t.equal(answers.filter((answer) => answer.toString() === lines).length, 100, name)
      await stopped
    }
  })

  t.test('waits for asynchronous handlers and answers what stands behind them', async (t) => {
    class Slow extends Noted {
      override async onMessage(text: string): Promise<void> {
        super.onMessage(text)
        for (let i = 0; i < 10; i++) await turn()
        this.send(text)
      }
    }
    const { connect, server, journal } = await startLines(t, reactor, Slow)
    const peer = await connect()
    await peer.write('a\nb\nc\n')
    await journal.until('message a')
    const stopped = server.stop()
    t.equal((await peer.rest()).toString(), 'a\nb\nc\n')
    await peer.closed()
    await stopped
    t.strictSame(journal.entries, ['open', 'message a', 'message b', 'message c', 'close local'])
  })

  t.test(
    'waits for a paused connection, whose work goes on behind its handler, and answers what it held back',
    async (t) => {
      class Busy extends Noted {
        override onMessage(text: string): void {
          super.onMessage(text)
          this.pause()
          void this.#work(text)
        }
        async #work(text: string): Promise<void> {
          for (let i = 0; i < 20; i++) await turn()
          this.send(text)
          this.resume()
        }
      }
      for (const [name, at] of transports(t)) {
        const { connect, server, journal } = await startLines(t, reactor, Busy, { at })
        const peer = await connect()
        await peer.write('a\nb\nc\n')
        await journal.until('message a')
        const stopped = server.stop()
        t.equal((await peer.rest()).toString(), 'a\nb\nc\n', name)
        await peer.closed()
        await stopped
        t.strictSame(journal.entries, ['open', 'message a', 'message b', 'message c', 'close local'])
      }
    }
  )

  t.test('delivers output that is queued, however slowly it is read', async (t) => {
    class Large extends Noted {
      override onMessage(): void {
        this.send('x'.repeat(16 * 1024 * 1024))
        this.app.note('sent')
      }
    }
    const { connect, server, journal } = await startLines(t, reactor, Large)
    const peer = await connect({ reading: false })
    await peer.write('go\n')
    await journal.until('sent')
    const stopped = server.stop({ timeout: 60_000 })
    for (let i = 0; i < 10; i++) await turn()
    t.equal(journal.entries.length, 2)
    peer.read()
    t.equal((await peer.rest()).length, 16 * 1024 * 1024 + 1)
    await peer.closed()
    await stopped
  })

  t.test('lets connections go on until they close by themselves, if it is told to', async (t) => {
    const { connect, server, journal } = await startLines(t, reactor, Echo)
    const peer = await connect()
    await peer.write('before\n')
    t.equal(await peer.line(), 'before')
    const stopped = server.stop({ connections: 'wait' })
    t.equal(server.listening, false, 'nobody is accepted any more')
    for (const text of ['after', 'and again']) {
      await peer.write(`${text}\n`)
      t.equal(await peer.line(), text)
    }
    peer.end()
    await stopped
    t.equal(journal.count('close peer'), 1)
  })

  t.test('cuts those that it waits for at the deadline, too', async (t) => {
    const { connect, server, journal } = await startLines(t, reactor, Echo)
    const peer = await connect()
    await journal.until('open')
    await server.stop({ connections: 'wait', timeout: 50 })
    await peer.closed()
    t.equal(journal.count('close error ERR_STOP_TIMEOUT'), 1)
    t.throws(() => server.stop({ connections: 'leave' } as never), { code: 'ERR_OPTION', path: 'connections' })
  })

  t.test('cuts what is not done at the deadline', async (t) => {
    class Never extends Noted {
      override onMessage(text: string): Promise<void> {
        super.onMessage(text)
        return new Promise(() => {})
      }
    }
    const { connect, server, journal } = await startLines(t, reactor, Never)
    const peer = await connect()
    await peer.write('wait\n')
    await journal.until('message wait')
    await server.stop({ timeout: 20 })
    await peer.closed()
    const code = 'ERR_STOP_TIMEOUT'
    t.strictSame(journal.entries, ['open', 'message wait', `error ${code}`, `close error ${code}`])
  })

  t.test('cuts a paused connection and a peer that does not read', async (t) => {
    class Stuck extends Noted {
      override onMessage(text: string): void {
        if (text === 'pause') this.pause()
        else this.end('x'.repeat(32 * 1024 * 1024))
        this.app.note(text)
      }
    }
    const { connect, server, journal } = await startLines(t, reactor, Stuck)
    await (await connect()).write('pause\n')
    await (await connect({ reading: false })).write('flood\n')
    await journal.until('pause')
    await journal.until('flood')
    await server.stop({ timeout: 20 })
    t.equal(server.connections.size, 0)
    t.equal(journal.entries.filter((entry) => entry.startsWith('close')).length, 2)
  })

  t.test('accepts nobody any more, at once', async (t) => {
    const { connect, server, address, journal } = await startLines(t, reactor, Echo)
    const peer = await connect()
    await journal.until('open')
    const stopped = server.stop()
    await t.rejects(Peer.connect(address), { code: /ECONNREFUSED|ENOENT/ })
    await peer.closed()
    await stopped
  })

  t.test('may be called by a handler, twice, and by nobody that listens', async (t) => {
    class Stopper extends Noted {
      override onMessage(text: string): void {
        super.onMessage(text)
        this.send('stopping')
        void server.stop().then(() => this.app.note('stopped'))
        void server.stop().then(() => this.app.note('stopped too'))
      }
    }
    const { connect, server, journal } = await startLines(t, reactor, Stopper)
    server.on('close', () => journal.note('closed'))
    const peer = await connect()
    await peer.write('stop\n')
    t.equal((await peer.rest()).toString(), 'stopping\n')
    await peer.closed()
    await journal.until('stopped too')
    t.strictSame(journal.entries, ['open', 'message stop', 'close local', 'closed', 'stopped', 'stopped too'])
    await server.stop()
    t.equal(journal.count('closed'), 1)
  })

  t.test('await using stops the server', async (t) => {
    const journal = new Journal()
    {
      await using server = new Server({ codec: line(), connection: Echo, app: journal, reactor })
      server.on('close', () => journal.note('closed'))
      await server.listen(loopback)
    }
    t.strictSame(journal.entries, ['closed'])
  })

  t.test('the server may listen again, on the same address', async (t) => {
    const { server, address } = await startLines(t, reactor, Echo)
    for (let i = 0; i < 5; i++) {
      await server.stop()
      await server.listen(
        address.path === undefined ? { host: address.host, port: address.port } : { path: address.path }
      )
      const peer = await Peer.connect(address)
      await peer.write('again\n')
      t.equal(await peer.line(), 'again')
      peer.end()
      await peer.closed()
    }
  })

  t.test('listen is refused while the server stops', async (t) => {
    const { connect, server, journal } = await startLines(t, reactor, Echo)
    const peer = await connect()
    await journal.until('open')
    const stopped = server.stop()
    await t.rejects(server.listen(loopback), { code: 'ERR_STOPPED' })
    await peer.closed()
    await stopped
  })

  t.test('stop while listen is under way ends both', async (t) => {
    const server = new Server({ codec: line(), connection: Echo, app: new Journal(), reactor })
    const listening = server.listen(loopback).then(
      () => 'listens',
      (error: unknown) => codeOf(error)
    )
    const stopped = server.stop()
    t.equal(await listening, 'ERR_STOPPED')
    await stopped
    t.strictSame(server.addresses, [])
    await server.listen(loopback)
    t.equal(server.listening, true)
    await server.stop()
    t.equal(server.listening, false)
  })

  t.test('a constructor that stops the server is refused', async (t) => {
    class Last extends Noted {
      constructor() {
        super()
        void server.stop().then(() => this.#journal.note('stopped'))
      }
      readonly #journal = this.app
    }
    const { connect, server, journal } = await startLines(t, reactor, Last)
    const peer = await connect()
    t.equal((await peer.rest()).length, 0)
    await journal.until('stopped')
    t.strictSame(journal.entries, ['stopped'])
  })

  t.test('200 starts and stops leave no descriptor behind', { skip: !descriptors() && 'no /proc here' }, async (t) => {
    class Greeting extends Connection<string> {
      override onOpen(): void {
        this.send('hello')
      }
      override onMessage(): void {}
    }
    const server = new Server({ codec: line(), connection: Greeting, reactor })
    const cycle = async () => {
      await server.listen(loopback)
      const [address] = server.addresses
      if (address === undefined) throw new Error('no address')
      const peer = await Peer.connect(address)
      await peer.line()
      const stopped = server.stop()
      await peer.closed()
      await stopped
    }
    await cycle()
    const before = descriptors()
    for (let i = 0; i < 200; i++) await cycle()
    t.equal(descriptors(), before)
  })
}, everywhere)

/** How many descriptors the process has open; 0 where that cannot be told. */
function descriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
