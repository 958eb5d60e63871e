import { line } from '@shiny/codecs'
import { type AdmissionOptions, Connection, type DropReason, Server } from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors, type ReactorKind } from './driver/reactors.js'
import { listen, loopback, socketPath } from './driver/start.js'

/** Starts a server of lines that notes who is dropped. */
async function startDoor(t: Test, reactor: ReactorKind, options: AdmissionOptions, at = loopback) {
  const journal = new Journal()
  const server = new Server({ codec: line(), connection: Noted, app: journal, reactor, ...options })
  server.on('drop', (peer, reason) => journal.note(`drop ${peer.host} ${reason}`))
  return { server, journal, ...(await listen(t, server, at)) }
}

/** How many of the entries say that a peer was dropped for this reason. */
const dropped = (journal: Journal, reason: DropReason) =>
  journal.entries.filter((entry) => entry.startsWith('drop') && entry.endsWith(` ${reason}`)).length

overReactors((t, reactor) => {
  t.test('a rule keeps a peer out before any hook, and nothing is sent to it', async (t) => {
    const { connect, journal, server } = await startDoor(t, reactor, { access: [{ deny: '127.0.0.2' }] })
    const refused = await connect({ from: '127.0.0.2' })
    refused.write('hello\n')
    t.equal((await refused.rest()).length, 0)
    const served = await connect()
    await served.write('hello\n')
    await journal.until('message hello')
    t.strictSame(journal.entries, ['drop 127.0.0.2 access', 'open', 'message hello'])
    t.equal(server.stats().refused.access, 1)
  })

  t.test('the class of a connection is not constructed for a peer that is kept out', async (t) => {
    let made = 0
    class Counted extends Connection<string> {
      constructor() {
        super()
        made++
      }
      override onMessage(): void {}
    }
    const server = new Server({ codec: line(), connection: Counted, reactor, access: [{ deny: 'all' }] })
    const { connect } = await listen(t, server, loopback)
    await (await connect()).rest()
    t.equal(made, 0)
  })

  t.test('a listener of `drop` that is not there is not needed', async (t) => {
    const server = new Server({
      codec: line(),
      connection: Noted,
      app: new Journal(),
      reactor,
      access: [{ deny: 'all' }]
    })
    const { connect } = await listen(t, server, loopback)
    for (let i = 0; i < 5; i++) await (await connect()).rest()
    t.equal(server.connections.size, 0)
    t.equal(server.stats().refused.access, 5)
  })

  t.test('no more connections than maxConnections, and one more when one has gone', async (t) => {
    const { connect, journal, server } = await startDoor(t, reactor, { limits: { maxConnections: 2 } })
    const first = await connect()
    await connect()
    await journal.until('open', 2)
    t.equal((await (await connect()).rest()).length, 0)
    t.equal(dropped(journal, 'connections'), 1)
    first.end()
    await journal.until('close peer')
    const third = await connect()
    await third.write('hello\n')
    await journal.until('message hello')
    t.equal(server.connections.size, 2)
  })

  t.test('a peer above maxConnections is told so if there is something to tell', async (t) => {
    const refusal = '-ERR max number of clients reached\r\n'
    const { connect, journal, server } = await startDoor(t, reactor, { limits: { maxConnections: 1, refusal } })
    await connect()
    await journal.until('open')
    for (let i = 0; i < 20; i++) {
      const late = await connect()
      await late.write('something that nobody reads\n')
      t.equal((await late.rest()).toString(), refusal)
    }
    t.equal(dropped(journal, 'connections'), 20)
    t.equal(server.connections.size, 1)
    t.equal(server.stats().refused.connections, 20)
    t.notOk(journal.entries.some((entry) => entry.startsWith('message')))
  })

  t.test('stop() does not wait for peers that are being told', async (t) => {
    const limits = { maxConnections: 1, refusal: Buffer.from('full\n') }
    const { connect, journal, server } = await startDoor(t, reactor, { limits })
    const first = await connect()
    await journal.until('open')
    const late = await connect()
    t.equal(await late.line(), 'full')
    first.end()
    await server.stop({ timeout: 60_000 })
    await late.closed()
  })

  t.test('no more connections of one peer than maxConnectionsPerPeer', async (t) => {
    const { connect, journal, server } = await startDoor(t, reactor, { limits: { maxConnectionsPerPeer: 2 } })
    const first = await connect({ from: '127.0.0.2' })
    await connect({ from: '127.0.0.2' })
    await (await connect({ from: '127.0.0.2' })).rest()
    await connect({ from: '127.0.0.3' })
    await journal.until('open', 3)
    t.equal(dropped(journal, 'peer-connections'), 1)
    first.end()
    await journal.until('close peer')
    await connect({ from: '127.0.0.2' })
    await journal.until('open', 4)
    t.equal(server.connections.size, 3)
  })

  t.test('a burst at the most, in all', async (t) => {
    const limits = { acceptRate: { perSecond: 0.001, burst: 3 } }
    const { connect, journal } = await startDoor(t, reactor, { limits })
    for (let i = 0; i < 3; i++) await connect({ from: `127.0.0.${2 + i}` })
    await (await connect({ from: '127.0.0.9' })).rest()
    t.equal(dropped(journal, 'rate'), 1)
    t.equal(journal.count('open'), 3)
  })

  t.test('a burst at the most, of one peer, which takes nothing from the others', async (t) => {
    const limits = { acceptRatePerPeer: { perSecond: 0.001, burst: 1 }, acceptRate: { perSecond: 0.001, burst: 3 } }
    const { connect, journal } = await startDoor(t, reactor, { limits })
    await connect({ from: '127.0.0.2' })
    for (let i = 0; i < 10; i++) await (await connect({ from: '127.0.0.2' })).rest()
    await connect({ from: '127.0.0.3' })
    await connect({ from: '127.0.0.4' })
    await (await connect({ from: '127.0.0.5' })).rest()
    t.equal(dropped(journal, 'peer-rate'), 10)
    t.equal(dropped(journal, 'rate'), 1)
    t.equal(journal.count('open'), 3)
  })

  t.test('who was over the rate is served again later', async (t) => {
    const { connect, journal } = await startDoor(t, reactor, { limits: { acceptRate: { perSecond: 20, burst: 1 } } })
    await connect()
    await journal.until('open')
    while (journal.count('open') < 2) {
      const refused = dropped(journal, 'rate') + 1
      const peer = await connect()
      await journal.when(() => journal.count('open') === 2 || dropped(journal, 'rate') === refused)
      if (journal.count('open') < 2) await peer.closed()
    }
    t.ok(dropped(journal, 'rate') >= 1)
  })

  t.test('peers of a Unix socket are judged by unix', async (t) => {
    const at = { path: socketPath(t) }
    const allowed = await startDoor(t, reactor, { access: [{ allow: 'unix' }, { deny: 'all' }] }, at)
    await allowed.connect()
    await allowed.journal.until('open')
    await allowed.server.stop({ timeout: 0 })
    const denied = await startDoor(t, reactor, { access: [{ deny: 'unix' }] }, { path: socketPath(t) })
    await (await denied.connect()).rest()
    t.strictSame(denied.journal.entries, ['drop  access'])
  })

  t.test('peers of a Unix socket are judged by their user, where the system tells', async (t) => {
    const uid = process.getuid?.() ?? 0
    const mine = await startDoor(t, reactor, { access: [{ allow: { uid } }, { deny: 'all' }] }, { path: socketPath(t) })
    const others = await startDoor(t, reactor, { access: [{ deny: { uid: uid + 1 } }] }, { path: socketPath(t) })
    const peers = [await mine.connect(), await others.connect()]
    if (reactor === 'native') {
      await mine.journal.until('open')
      await others.journal.until('open')
    } else {
      // Node does not tell the user; what cannot be judged is refused.
      for (const peer of peers) await peer.rest()
      t.strictSame([...mine.journal.entries, ...others.journal.entries], ['drop  access', 'drop  access'])
    }
  })

  t.test('one user has one share of a Unix socket', async (t) => {
    const { connect, journal } = await startDoor(
      t,
      reactor,
      { limits: { maxConnectionsPerPeer: 1 } },
      { path: socketPath(t) }
    )
    await connect()
    await journal.until('open')
    await (await connect()).rest()
    t.equal(dropped(journal, 'peer-connections'), 1)
  })

  t.test('createConnection is asked after the rules, and its refusal is `handler`', async (t) => {
    const journal = new Journal()
    class Picky extends Server<string, string, Journal> {
      protected override createConnection(): null {
        journal.note('asked')
        return null
      }
    }
    const limits = { maxConnections: 1, maxConnectionsPerPeer: 1 }
    const server = new Picky({ codec: line(), connection: Noted, app: journal, reactor, limits })
    server.on('drop', (peer, reason, error) => journal.note(`drop ${peer.family} ${reason} ${error}`))
    const { connect } = await listen(t, server, loopback)
    for (let i = 0; i < 3; i++) await (await connect()).rest()
    const once = ['asked', 'drop ipv4 handler null']
    t.strictSame(journal.entries, [...once, ...once, ...once], 'who is refused is not counted as inside')
  })

  t.test('a constructor that throws gives its place back', async (t) => {
    class Fragile extends Noted {
      constructor() {
        super()
        throw new Error('no luck')
      }
    }
    const journal = new Journal()
    const limits = { maxConnections: 1 }
    const server = new Server({ codec: line(), connection: Fragile, app: journal, reactor, limits })
    server.on('error', (error) => journal.note(error.message))
    const { connect } = await listen(t, server, loopback)
    for (let i = 0; i < 3; i++) await (await connect()).rest()
    t.strictSame(journal.entries, ['no luck', 'no luck', 'no luck'])
  })

  t.test('counts are right after a thousand connections that end in every way', async (t) => {
    const limits = { maxConnections: 8, maxConnectionsPerPeer: 4 }
    const { connect, journal, server } = await startDoor(t, reactor, { limits })
    for (let round = 0; round < 125; round++) {
      const peers = await Promise.all(Array.from({ length: 8 }, (_, i) => connect({ from: `127.0.0.${2 + (i & 1)}` })))
      await journal.until('open', 8 * (round + 1))
      for (const [i, peer] of peers.entries()) {
        if (i % 4 === 0) peer.reset()
        else if (i % 4 === 1) peer.end()
        else peer.socket.destroy()
      }
      await journal.when(() => server.connections.size === 0)
    }
    t.equal(journal.entries.filter((entry) => entry.startsWith('drop')).length, 0)
  })
})
