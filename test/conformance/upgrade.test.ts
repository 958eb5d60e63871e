import { line } from '@shiny/codecs'
import { Connection } from '@shiny/core'
import { frame, frames } from './driver/frames.js'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { pairsOfProtocols, protocols } from './driver/protocols.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start, startLines } from './driver/start.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** The second protocol: frames of text, in TypeScript alone. */
class Framed extends Noted<string | null> {
  override onOpen(): void {
    this.app.note('framed open')
  }
  override onMessage(text: string | null): void {
    this.app.note(`framed ${text}`)
    if (text !== null) this.send(text)
  }
}

/** Goes over to frames when it is told to. */
class Switching extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    if (text !== 'go') return
    this.send('going')
    this.upgrade(frames(), Framed)
  }
}

overReactors((t, reactor) => {
  t.test('the rest of the same read is for the new codec', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Switching)
    const peer = await connect()
    await peer.write(Buffer.concat([Buffer.from('one\ngo\n'), frame('two\n'), frame('three')]))
    t.equal(await peer.text(6), 'going\n', 'what was sent before leaves first, in the old encoding')
    t.same(await peer.bytes(8), frame('two\n'))
    t.same(await peer.bytes(9), frame('three'))
    t.ok([...server.connections].every((connection) => (connection as unknown) instanceof Framed))
    t.equal(server.connections.size, 1)
    peer.end(frame('four'))
    await journal.starting('close')
    const later = ['framed open', 'framed two\n', 'framed three', 'framed four', 'end', 'close peer']
    t.strictSame(journal.entries, ['open', 'message one', 'message go', ...later])
    t.equal(server.connections.size, 0)
  })

  t.test('the bytes may come in any pieces', async (t) => {
    const all = Buffer.concat([Buffer.from('one\ngo\n'), frame('two'), frame('three')])
    for (let cut = 1; cut < all.length; cut += 3) {
      const { connect, journal } = await startLines(t, reactor, Switching)
      const peer = await connect()
      await peer.write(all.subarray(0, cut))
      await turn()
      await turn()
      peer.end(all.subarray(cut))
      await journal.starting('close')
      const later = ['framed open', 'framed two', 'framed three', 'end', 'close peer']
      t.strictSame(journal.entries, ['open', 'message one', 'message go', ...later], `cut at ${cut}`)
    }
  })

  for (const [from, to] of pairsOfProtocols()) {
    t.test(`from ${from} to ${to}`, async (t) => {
      const next = protocols[to]
      class First extends Connection<unknown, unknown, Journal> {
        override onMessage(message: unknown): void {
          this.app.note(protocols[from].text(message))
          this.upgrade(next.codec(), Second)
        }
      }
      class Second extends Connection<unknown, unknown, Journal> {
        override onMessage(message: unknown): void {
          this.app.note(next.text(message))
        }
        override onClose(): void {
          this.app.note('close')
        }
      }
      const { connect, journal } = await start(t, reactor, { codec: protocols[from].codec(), connection: First })
      const peer = await connect()
      const later = Buffer.concat([next.wire('b'), next.wire('c')])
      // A protocol that cuts nothing takes all of a read.
      if (from === 'bytes') {
        await peer.write(protocols[from].wire('a'))
        await journal.until('a')
        peer.end(later)
      } else peer.end(Buffer.concat([protocols[from].wire('a'), later]))
      await journal.until('close')
      t.strictSame(journal.entries, to === 'bytes' ? ['a', 'bc', 'close'] : ['a', 'b', 'c', 'close'])
    })
  }

  t.test('after an await, outside of any turn', async (t) => {
    class Slow extends Noted {
      override async onMessage(text: string): Promise<void> {
        super.onMessage(text)
        await turn()
        await turn()
        this.send('going')
        this.upgrade(frames(), Framed)
        await new Promise(() => {})
      }
    }
    const { connect, journal } = await startLines(t, reactor, Slow)
    const peer = await connect()
    peer.end(Buffer.concat([Buffer.from('go\n'), frame('two'), frame('three')]))
    t.same(await peer.rest(), Buffer.concat([Buffer.from('going\n'), frame('two'), frame('three')]))
    await journal.starting('close')
    const later = ['framed two', 'framed three', 'end', 'close peer']
    t.strictSame(journal.entries, ['open', 'message go', 'framed open', ...later], 'nobody waits for the old promise')
  })

  t.test('from onOpen, onWake, and a listener of the server', async (t) => {
    class Opening extends Noted {
      override onOpen(): void {
        super.onOpen()
        this.upgrade(frames(), Framed)
      }
    }
    class Waking extends Noted {
      override onOpen(): void {
        super.onOpen()
        this.wake()
      }
      override onWake(): void {
        this.upgrade(frames(), Framed)
      }
    }
    for (const connection of [Opening, Waking]) {
      const { connect, journal } = await startLines(t, reactor, connection)
      const peer = await connect()
      await journal.until('framed open')
      peer.end(frame('hello'))
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'framed open', 'framed hello', 'end', 'close peer'])
    }
    const { connect, journal, server } = await startLines(t, reactor, Noted)
    server.on('connection', (connection) => void (connection as unknown as Noted).upgrade(frames(), Framed))
    ;(await connect()).end(frame('hello'))
    await journal.starting('close')
    t.strictSame(journal.entries, ['framed open', 'framed hello', 'end', 'close peer'], 'onOpen is called once')
  })

  t.test('leftover: reject fails the connection when the peer has sent ahead, and only then', async (t) => {
    class Strict extends Noted {
      override onMessage(text: string): void {
        super.onMessage(text)
        this.send('ready')
        this.upgrade(frames(), Framed, { leftover: 'reject' })
      }
    }
    const { connect, journal } = await startLines(t, reactor, Strict)
    const honest = await connect()
    await honest.write('start\n')
    t.equal(await honest.line(), 'ready')
    honest.end(frame('hello'))
    await journal.starting('close')
    t.strictSame(journal.entries.splice(0), [
      'open',
      'message start',
      'framed open',
      'framed hello',
      'end',
      'close peer'
    ])
    const hasty = await connect()
    await hasty.write('start\nEHLO injected\n')
    t.match((await hasty.rest()).toString(), /^ready\n.*ERR_LEFTOVER$/s, 'the new codec tells the peer')
    await journal.starting('close')
    const failed = ['error ERR_LEFTOVER', 'close error ERR_LEFTOVER']
    t.strictSame(journal.entries, ['open', 'message start', 'framed open', ...failed])
  })

  t.test('leftover: reject after an await', async (t) => {
    class Strict extends Noted {
      override async onMessage(text: string): Promise<void> {
        super.onMessage(text)
        await turn()
        this.upgrade(frames(), Framed, { leftover: 'reject' })
        this.app.note('upgraded')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Strict)
    await (await connect()).write(Buffer.concat([Buffer.from('start\n'), frame('ahead')]))
    await journal.starting('close')
    const later = ['upgraded', 'error ERR_LEFTOVER', 'close error ERR_LEFTOVER']
    t.strictSame(journal.entries, ['open', 'message start', 'framed open', ...later])
  })

  t.test('leftover: drop discards what was read, and nothing of what comes', async (t) => {
    for (const waits of [false, true]) {
      class Careless extends Noted {
        override onMessage(text: string): void | Promise<void> {
          super.onMessage(text)
          return waits ? turn().then(() => this.#go()) : this.#go()
        }
        #go(): void {
          this.send('ready')
          this.upgrade(frames(), Framed, { leftover: 'drop' })
        }
      }
      const { connect, journal } = await startLines(t, reactor, Careless)
      const peer = await connect()
      await peer.write('start\nrubbish\nhalf of a line')
      t.equal(await peer.line(), 'ready')
      peer.end(frame('hello'))
      await journal.starting('close')
      const later = ['framed open', 'framed hello', 'end', 'close peer']
      t.strictSame(journal.entries, ['open', 'message start', ...later])
    }
  })

  t.test('the old object is like a closed connection, and the facts go on', async (t) => {
    let old: Switching | undefined
    let next: Framed | undefined
    class Keeping extends Switching {
      override onOpen(): void {
        old = this
        super.onOpen()
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Keeping)
    server.on('upgrade', (now, former) => {
      journal.note(`upgrade ${now.id === former.id}`)
      next = now as unknown as Framed
      t.equal(former as unknown, old)
    })
    const peer = await connect()
    await peer.write('go\n')
    await journal.until('framed open')
    t.strictSame(journal.entries, ['open', 'message go', 'upgrade true', 'framed open'])
    t.equal(old?.isOpen, false)
    t.throws(() => old?.send('x'), { code: 'ERR_CLOSED' })
    t.throws(() => old?.end('x'), { code: 'ERR_CLOSED' })
    t.throws(() => old?.halfClose('x'), { code: 'ERR_CLOSED' })
    t.throws(() => old?.upgrade(frames(), Framed), { code: 'ERR_CLOSED' })
    for (const action of ['end', 'close', 'destroy', 'halfClose', 'pause', 'resume', 'wake'] as const) old?.[action]()
    t.equal(old?.id, next?.id)
    t.equal(String(old?.remote), String(next?.remote))
    t.equal(old?.signal, next?.signal, 'work for the peer goes on')
    t.equal(old?.signal.aborted, false)
    t.equal(next?.isOpen, true)
    await peer.write(frame('still there'))
    t.equal(await peer.text(6), 'going\n')
    t.same(await peer.bytes(15), frame('still there'))
    await journal.until('framed still there')
    t.equal(next?.bytesWritten, 6 + 15)
    peer.end()
    await journal.starting('close')
    t.equal(next?.bytesRead, 3 + 15)
    t.equal(old?.signal.aborted, true)
  })

  t.test('what cannot be upgraded', async (t) => {
    class Refused extends Noted {
      override onMessage(text: string): void {
        const check = (code: string, upgrade: () => unknown) => t.throws(upgrade, { code }, `${text} ${code}`)
        check('ERR_OPTION', () => this.upgrade({} as ReturnType<typeof frames>, Framed))
        check('ERR_OPTION', () => this.upgrade(frames(), undefined as unknown as typeof Framed))
        check('ERR_OPTION', () => this.upgrade(frames(), Framed, { leftover: 'keep' as 'drop' }))
        check('ERR_OPTION', () => this.upgrade(frames(), Framed, { left: 'drop' } as object))
        check('ERR_DETACHED', () => this.upgrade(frames(), Early))
        t.throws(() => this.upgrade(frames(), Failing), { message: 'constructor' })
        this.send(text)
        this.close()
        check('ERR_CLOSED', () => this.upgrade(frames(), Framed))
      }
      override onClose(...reason: Parameters<Noted['onClose']>): void {
        t.throws(() => this.upgrade(frames(), Framed), { code: 'ERR_CLOSED' })
        super.onClose(...reason)
      }
    }
    class Early extends Framed {
      constructor() {
        super()
        this.upgrade(frames(), Framed)
      }
    }
    class Failing extends Framed {
      constructor() {
        super()
        throw new Error('constructor')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Refused)
    const peer = await connect()
    await peer.write('go\n')
    t.equal((await peer.rest()).toString(), 'go\n', 'the old codec is in force after a failure')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'close local'])
  })

  t.test('a constructor speaks the new protocol, and may close', async (t) => {
    class Talking extends Framed {
      constructor() {
        super()
        this.send('hello')
        this.close()
      }
    }
    class First extends Noted {
      override onMessage(): void {
        this.send('first')
        this.upgrade(frames(), Talking)
      }
    }
    const { connect, journal } = await startLines(t, reactor, First)
    const peer = await connect()
    await peer.write(Buffer.concat([Buffer.from('go\n'), frame('unheard')]))
    t.same(await peer.rest(), Buffer.concat([Buffer.from('first\n'), frame('hello')]))
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'framed open', 'close local'])
  })

  t.test('a throw behind the upgrade, or in the new onOpen, closes the connection', async (t) => {
    class BadOpen extends Framed {
      override onOpen(): void {
        throw new Error('bad open')
      }
    }
    class Throwing extends Noted {
      override onMessage(text: string): void {
        this.upgrade(frames(), text === 'open' ? BadOpen : Framed)
        throw new Error('afterwards')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Throwing)
    await (await connect()).write('go\n')
    await journal.starting('close')
    t.strictSame(journal.entries.splice(0), ['open', 'framed open', 'error afterwards', 'close error afterwards'])
    await (await connect()).write('open\n')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'error bad open', 'close error bad open'])
  })

  t.test('chains, back and forth, a thousand times in one read', async (t) => {
    class Ping extends Noted {
      override onOpen(): void {}
      override onMessage(text: string): void {
        super.onMessage(text)
        this.upgrade(frames(), Pong)
      }
    }
    class Pong extends Noted<string | null> {
      override onOpen(): void {}
      override onMessage(text: string | null): void {
        super.onMessage(text)
        this.upgrade(line(), Ping)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Ping)
    const pieces = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? Buffer.from(`${i}\n`) : frame(String(i))))
    ;(await connect()).end(Buffer.concat(pieces))
    await journal.starting('close')
    const expected = Array.from({ length: 1000 }, (_, i) => `message ${i}`)
    t.strictSame(journal.entries, [...expected, 'end', 'close peer'])
  })

  t.test('pause ends with the handler that called it; the new one may pause by itself', async (t) => {
    class Paused extends Framed {
      override onOpen(): void {
        super.onOpen()
        this.pause()
        this.wake('resume')
      }
      override onWake(): void {
        this.app.note('resume')
        this.resume()
      }
    }
    class Pausing extends Noted {
      override onMessage(text: string): void {
        this.pause()
        this.upgrade(frames(), text === 'paused' ? Paused : Framed)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Pausing)
    await (await connect()).write(Buffer.concat([Buffer.from('go\n'), frame('a')]))
    await journal.until('framed a')
    t.strictSame(journal.entries.splice(0), ['open', 'framed open', 'framed a'])
    await (await connect()).write(Buffer.concat([Buffer.from('paused\n'), frame('a')]))
    await journal.until('framed a')
    t.strictSame(journal.entries, ['open', 'framed open', 'resume', 'framed a'])
  })

  t.test('a half-closed connection may change its protocol, and a stop waits for the new handler', async (t) => {
    class Half extends Noted {
      override onMessage(): void {
        this.halfClose('bye')
        this.upgrade(frames(), Slow)
      }
    }
    class Slow extends Noted<string | null> {
      override async onMessage(text: string | null): Promise<void> {
        this.app.note(`framed ${text}`)
        await turn()
        this.app.note('done')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Half)
    const peer = await connect()
    await peer.write(Buffer.concat([Buffer.from('go\n'), frame('a')]))
    await journal.until('framed a')
    const stopped = server.stop()
    t.equal((await peer.rest()).toString(), 'bye\n')
    await stopped
    t.strictSame(journal.entries.slice(0, 4), ['open', 'open', 'framed a', 'done'])
    t.ok(journal.entries.some((entry) => entry.startsWith('close')))
  })
}, everywhere)
