import { Address, type CloseReason, Connection } from '@shiny/core'
import type { Journal } from './driver/journal.js'
import { codeOf, Noted } from './driver/noted.js'
import { Peer } from './driver/peer.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { startLines, transports } from './driver/start.js'

/** Obeys a word: quit, close, destroy, fail. */
class Obedient extends Noted {
  override onMessage(word: string): void {
    super.onMessage(word)
    if (word === 'quit') this.end('bye')
    else if (word === 'close') this.close()
    else if (word === 'destroy') this.destroy()
    else if (word === 'fail') this.destroy(new Error('failed'))
  }
}

overReactors((t, reactor) => {
  t.test('the peer ends: open, messages, end, close', async (t) => {
    for (const [name, at] of transports(t)) {
      const { connect, journal } = await startLines(t, reactor, Noted, { at })
      const peer = await connect()
      await peer.write('a\nb\n')
      peer.end()
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'message a', 'message b', 'end', 'close peer'], name)
      t.equal(await peer.closed(), null)
    }
  })

  t.test('a peer that sends nothing: open, end, close', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Noted)
    ;(await connect()).end()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'end', 'close peer'])
  })

  for (const [word, answer, close] of [
    ['quit', 'bye\n', ['close local']],
    ['close', '', ['close local']],
    ['destroy', '', ['close local']],
    ['fail', '', ['error failed', 'close error failed']]
  ] as const) {
    t.test(`this side decides (${word}): nothing follows but close`, async (t) => {
      for (const [name, at] of transports(t)) {
        const { connect, journal } = await startLines(t, reactor, Obedient, { at })
        const peer = await connect()
        await peer.write(`${word}\nnot delivered\n`)
        t.equal((await peer.rest()).toString(), answer, name)
        await peer.closed()
        await journal.starting('close')
        t.strictSame(journal.entries, ['open', `message ${word}`, ...close], name)
      }
    })
  }

  t.test('closes once, whatever happens at the same time', async (t) => {
    class Hasty extends Noted {
      override onMessage(word: string): void {
        super.onMessage(word)
        this.close()
        this.end()
        this.destroy()
        this.destroy(new Error('late'))
        this.close()
      }

      override onClose(reason: CloseReason): void {
        super.onClose(reason)
        this.close()
        this.destroy(new Error('later'))
        this.pause()
        this.resume()
        this.wake()
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Hasty)
    const peer = await connect()
    await peer.write('go\ngo\n')
    peer.end()
    await peer.closed()
    await server.stop()
    t.strictSame(journal.entries, ['open', 'message go', 'close local'])
  })

  t.test('knows its facts, also when it is closed', async (t) => {
    const seen: Fact[] = []
    class Facts extends Noted {
      override onMessage(text: string): void {
        seen.push(new Fact(this))
        this.send(text)
        seen.push(new Fact(this))
        this.close()
        seen.push(new Fact(this))
      }
      override onClose(reason: CloseReason): void {
        seen.push(new Fact(this))
        super.onClose(reason)
      }
    }
    const { connect, journal, address } = await startLines(t, reactor, Facts)
    const peer = await connect()
    const port = peer.socket.localPort
    await peer.write('1234\n')
    await peer.closed()
    await journal.starting('close')
    const ends = { remote: port === undefined ? '' : `127.0.0.1:${port}`, local: String(address) }
    t.match(seen[0], { ...ends, written: 0, queued: 0, open: true, aborted: false })
    t.match(seen[1], { ...ends, written: 5, queued: 5, open: true, aborted: false })
    t.match(seen[2], { ...ends, written: 5, open: false, aborted: false })
    t.match(seen[3], { ...ends, read: 5, written: 5, open: false, aborted: true })
  })

  t.test(
    'what was asked once of the ends still answers long after the close, and a new connection has its own',
    async (t) => {
      const kept: Noted[] = []
      class Kept extends Noted {
        override onOpen(): void {
          kept.push(this)
          this.app.note(`from ${this.remote.port}`)
          super.onOpen()
        }
      }
      const { connect, journal } = await startLines(t, reactor, Kept)
      const first = await connect()
      const port = first.socket.localPort
      first.end()
      await first.closed()
      await journal.starting('close')
      const second = await connect()
      await journal.until('open', 2)
      t.equal(kept[0]?.remote.port, port ?? 0)
      t.equal(kept[1]?.remote.port, second.socket.localPort ?? 0)
      t.not(kept[0]?.id, kept[1]?.id)
    }
  )

  t.test('an IPv4 peer of an IPv6 socket is shown as IPv4', async (t) => {
    const { journal, address, server } = await startLines(t, reactor, Noted, { at: { port: 0 } })
    const peer = await Peer.connect(Address.ip('127.0.0.1', address.port))
    await journal.until('open')
    const [connection] = server.connections
    t.match(connection?.remote, { family: 'ipv4', host: '127.0.0.1', port: peer.socket.localPort })
    t.match(connection?.local, { family: 'ipv4', host: '127.0.0.1', port: address.port })
    peer.socket.destroy()
  })

  t.test('the ends of a Unix socket', async (t) => {
    for (const [name, at] of transports(t)) {
      if (name !== 'Unix') continue
      const { connect, journal, server } = await startLines(t, reactor, Noted, { at })
      await connect()
      await journal.until('open')
      const [connection] = server.connections
      t.match(connection?.remote, { family: 'unix', host: '', port: 0 })
      t.match(connection?.local, { family: 'unix', path: at.path })
    }
  })

  t.test('a constructor may use the connection', async (t) => {
    class Early extends Noted {
      readonly born = `${this.id > 0} ${this.remote.family}`
      constructor() {
        super()
        this.send(this.born)
        this.pause()
      }
      override onOpen(): void {
        super.onOpen()
        this.resume()
      }
    }
    const { connect, address } = await startLines(t, reactor, Early)
    t.equal(await (await connect()).line(), `true ${address.family}`)
  })

  t.test('a constructor that closes: open, close', async (t) => {
    class Stillborn extends Noted {
      constructor() {
        super()
        this.end('sorry')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Stillborn)
    const peer = await connect()
    t.equal((await peer.rest()).toString(), 'sorry\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'close local'])
  })

  t.test('hooks may be fields', async (t) => {
    class Fields extends Connection<string, string, Journal> {
      override onOpen = (): void => this.app.note('open')
      override onMessage = (text: string): void => this.app.note(`message ${text}`)
      override onBatchEnd = (): void => this.app.note('batch')
      override onEnd = (): void => this.app.note('end')
      override onClose = (): void => this.app.note('close')
    }
    const { connect, journal } = await startLines(t, reactor, Fields)
    const peer = await connect()
    await peer.write('a\n')
    await journal.until('batch')
    peer.end()
    await journal.until('close')
    t.strictSame(journal.entries, ['open', 'message a', 'batch', 'end', 'close'])
  })

  t.test('a closed connection refuses to send and ignores the rest', async (t) => {
    let kept: Noted | undefined
    class Keeper extends Noted {
      override onOpen(): void {
        kept = this
      }
      override onClose(reason: CloseReason): void {
        super.onClose(reason)
        this.app.note(thrownBy(() => this.send('in onClose')))
      }
    }
    const { connect, journal } = await startLines(t, reactor, Keeper)
    const peer = await connect()
    peer.end()
    await journal.until('close peer')
    const late = kept as Noted
    for (const call of [() => late.send('x'), () => late.end('x')])
      t.throws(call, { name: 'ShinyError', code: 'ERR_CLOSED' })
    for (const call of [
      () => late.close(),
      () => late.destroy(),
      () => late.pause(),
      () => late.resume(),
      () => late.wake()
    ]) {
      t.doesNotThrow(call)
    }
    t.equal(late.signal.aborted, true)
    t.equal(journal.entries.at(-1), 'ERR_CLOSED')
  })

  t.test('a connection that no server made is of no use', async (t) => {
    const loose = new Noted()
    t.throws(() => loose.send('x'), { code: 'ERR_DETACHED' })
    t.throws(() => loose.id, { code: 'ERR_DETACHED' })
    t.throws(() => loose.close(), { code: 'ERR_DETACHED' })
  })
}, everywhere)

/** What a connection told of itself at some time. */
class Fact {
  readonly remote: string
  readonly local: string
  readonly read: number
  readonly written: number
  readonly queued: number
  readonly open: boolean
  readonly aborted: boolean

  constructor(connection: Noted) {
    this.remote = String(connection.remote)
    this.local = String(connection.local)
    this.read = connection.bytesRead
    this.written = connection.bytesWritten
    this.queued = connection.queued
    this.open = connection.isOpen
    this.aborted = connection.signal.aborted
  }
}

function thrownBy(call: () => unknown): string {
  try {
    call()
    return 'nothing thrown'
  } catch (error) {
    return codeOf(error)
  }
}
