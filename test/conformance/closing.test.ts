import type { Test } from 'tap'
import { Noted } from './driver/noted.js'
import type { Peer } from './driver/peer.js'
import { everywhere, overReactors, type ReactorKind } from './driver/reactors.js'
import { startLines, transports } from './driver/start.js'

const MIB = 1024 * 1024

/** The hooks in which something may be closed, with what the peer does so that they are called. */
const hooks: readonly [hook: Hook, provoke: (peer: Peer) => void][] = [
  ['onOpen', () => {}],
  ['onMessage', (peer) => void peer.write('go\nmore\n')],
  ['onBatchEnd', (peer) => void peer.write('go\n')],
  ['onDrain', (peer) => void peer.write('flood\n')],
  ['onWake', (peer) => void peer.write('wake\n')],
  ['onEnd', (peer) => peer.end('go\n')],
  ['onError', (peer) => peer.end('incomplete')],
  ['onClose', (peer) => peer.end()]
]

type Hook = 'onOpen' | 'onMessage' | 'onBatchEnd' | 'onDrain' | 'onWake' | 'onEnd' | 'onError' | 'onClose'

overReactors((t, reactor) => {
  for (const [hook, provoke] of hooks) {
    for (const action of ['close', 'destroy'] as const) {
      t.test(`${action} in ${hook}: onClose comes once and last`, (t) => closeIn(t, reactor, hook, action, provoke))
      t.test(`${action} of a sibling in ${hook}`, (t) => closeSiblingIn(t, reactor, hook, action, provoke))
    }
  }

  t.test('end delivers its last message however large, then the end', async (t) => {
    class Generous extends Noted {
      override onMessage(): void {
        this.send('first')
        this.end('x'.repeat(12 * MIB))
      }
    }
    for (const [name, at] of transports(t)) {
      const { connect, journal } = await startLines(t, reactor, Generous, { at })
      const peer = await connect()
      await peer.write('go\n')
      t.equal((await peer.rest()).length, 12 * MIB + 7, name)
      t.equal(await peer.closed(), null)
      await journal.until('close local')
    }
  })

  t.test('what the peer sends during the close is discarded, and does not cost it the answer', async (t) => {
    class Closer extends Noted {
      #name = ''
      override onMessage(name: string): void {
        this.#name = name
        this.end('x'.repeat(name === 'talker' ? 4 * MIB : 1))
      }
      override onClose(): void {
        this.app.note(`close ${this.#name}`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Closer)
    // This one never ends its side, and is cut when the patience with it is over.
    const lazy = await connect()
    await lazy.write('lazy\n')
    await lazy.line()
    const talker = await connect()
    await talker.write('talker\n')
    for (let i = 0; i < 64; i++) void talker.write('y'.repeat(65536))
    t.equal((await talker.rest()).length, 4 * MIB + 1)
    t.equal(await talker.closed(), null)
    await journal.until('close lazy')
    t.strictSame(journal.entries, ['open', 'open', 'close talker', 'close lazy'], 'the end of the talker is noticed')
  })

  t.test('destroy drops what was sent in the same turn, of itself and of a sibling', async (t) => {
    class Dropping extends Noted {
      override onMessage(): void {
        for (const connection of server.connections) connection.send('never to be seen')
        for (const connection of server.connections) connection.destroy()
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Dropping)
    const peers = [await connect(), await connect()]
    await journal.until('open', 2)
    await peers[0]?.write('go\n')
    for (const peer of peers) t.equal((await peer.rest()).toString(), '')
    await journal.until('close local', 2)
  })

  t.test('destroy while much is queued closes at once', async (t) => {
    class Flood extends Noted {
      override onMessage(): void {
        this.send('x'.repeat(16 * MIB))
        setImmediate(() => this.destroy())
      }
    }
    const { connect, journal } = await startLines(t, reactor, Flood)
    const peer = await connect({ reading: false })
    await peer.write('go\n')
    await journal.until('close local')
    peer.read()
    t.ok((await peer.rest()).length < 16 * MIB)
  })

  t.test('all close each other in one turn', async (t) => {
    class Mutual extends Noted {
      override onMessage(): void {
        for (const connection of server.connections) connection.close()
      }
      override onClose(): void {
        this.app.note('close')
        for (const connection of server.connections) connection.destroy()
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Mutual)
    const peers = await Promise.all(Array.from({ length: 50 }, () => connect()))
    await journal.until('open', 50)
    await Promise.all(peers.map((peer) => peer.write('go\n')))
    await Promise.all(peers.map((peer) => peer.closed()))
    await journal.until('close', 50)
    t.equal(server.connections.size, 0)
  })

  t.test('slots that are freed and taken in the same moment mix nothing up', async (t) => {
    class Once extends Noted {
      override onMessage(text: string): void {
        this.end(`${text} to you`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Once)
    let names = 0
    for (let round = 0; round < 20; round++) {
      const peers = await Promise.all(Array.from({ length: 20 }, () => connect()))
      const answers = peers.map(async (peer) => {
        const name = `peer ${names++}`
        await peer.write(`${name}\nignored\n`)
        const right = (await peer.rest()).toString() === `${name} to you\n`
        await peer.closed()
        return right
      })
      if ((await Promise.all(answers)).includes(false)) t.fail('an answer went astray')
    }
    await journal.until('close local', 400)
    t.pass('400 connections, each with its own answer')
  })
}, everywhere)

/** Makes the hook `hook` do `act` once; all else is noted. */
function acting(hook: Hook, act: (connection: Noted) => void): new () => Noted {
  return class extends Noted {
    override onOpen(): void {
      super.onOpen()
      this.#did('onOpen')
    }
    override onMessage(text: string): void {
      super.onMessage(text)
      if (text === 'flood') this.send('x'.repeat(128 * 1024))
      if (text === 'wake') this.wake()
      this.#did('onMessage')
    }
    override onBatchEnd(): void {
      this.#did('onBatchEnd')
    }
    override onDrain(): void {
      this.app.note('drain')
      this.#did('onDrain')
    }
    override onWake(): void {
      this.app.note('wake')
      this.#did('onWake')
    }
    override onEnd(): void {
      super.onEnd()
      this.#did('onEnd')
    }
    override onError(error: Error): void {
      super.onError(error)
      this.#did('onError')
    }
    override onClose(...reason: Parameters<Noted['onClose']>): void {
      super.onClose(...reason)
      this.#did('onClose')
    }
    #did(done: Hook): void {
      if (done === hook) act(this)
    }
  }
}

async function closeIn(
  t: Test,
  reactor: ReactorKind,
  hook: Hook,
  action: 'close' | 'destroy',
  provoke: (peer: Peer) => void
): Promise<void> {
  const { connect, journal, server } = await startLines(
    t,
    reactor,
    acting(hook, (connection) => connection[action]())
  )
  const peer = await connect()
  provoke(peer)
  await peer.closed()
  await journal.starting('close')
  await server.stop()
  const closes = journal.entries.filter((entry) => entry.startsWith('close'))
  t.equal(closes.length, 1)
  t.match(
    journal.entries.at(-1),
    hook === 'onError' ? 'close error ERR_TRUNCATED' : hook === 'onClose' ? 'close peer' : 'close local'
  )
  t.equal(journal.count('message more'), 0, 'nothing is delivered after it')
}

async function closeSiblingIn(
  t: Test,
  reactor: ReactorKind,
  hook: Hook,
  action: 'close' | 'destroy',
  provoke: (peer: Peer) => void
): Promise<void> {
  const Acting = acting(hook, (self) => {
    for (const other of server.connections) if (other !== self) other[action]()
  })
  const { connect, journal, server } = await startLines(t, reactor, Acting)
  const sibling = await connect()
  await journal.until('open')
  const peer = await connect()
  provoke(peer)
  await sibling.closed()
  await journal.until('close local')
  peer.end()
  await peer.closed()
  await journal.when(() => journal.entries.filter((entry) => entry.startsWith('close')).length === 2)
  t.equal(server.connections.size, 0)
}
