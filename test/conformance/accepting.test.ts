import { line } from '@shiny/codecs'
import { type Address, Server } from '@shiny/core'
import { Journal } from './driver/journal.js'
import { codeOf, Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { listen, startLines } from './driver/start.js'

overReactors((t, reactor) => {
  t.test('createConnection refuses a peer with null', async (t) => {
    const journal = new Journal()
    class Picky extends Server<string, string, Journal> {
      protected override createConnection(peer: Address): Noted | null {
        journal.note(`asked ${peer.family}`)
        return journal.count('asked ipv4') === 1 ? null : new Noted()
      }
    }
    const server = new Picky({ codec: line(), connection: Noted, app: journal, reactor })
    server.on('drop', (peer) => journal.note(`drop ${peer.host}`))
    const { connect } = await listen(t, server)
    const refused = await connect()
    await refused.rest()
    const served = await connect()
    await served.write('hello\n')
    await journal.until('message hello')
    t.strictSame(journal.entries, ['asked ipv4', 'drop 127.0.0.1', 'asked ipv4', 'open', 'message hello'])
  })

  t.test('the connection of a refused peer cannot write to its successor', async (t) => {
    let refused: Noted | undefined
    class Picky extends Server<string, string, Journal> {
      protected override createConnection(): Noted | null {
        if (refused !== undefined) return new Noted()
        refused = new Noted()
        refused.send('for the refused peer')
        return null
      }
    }
    const journal = new Journal()
    const { connect } = await listen(t, new Picky({ codec: line(), connection: Noted, app: journal, reactor }))
    await (await connect()).rest()
    const served = await connect()
    await journal.until('open')
    t.throws(() => refused?.send('for the wrong peer'), { code: 'ERR_CLOSED' })
    served.end()
    t.equal((await served.rest()).toString(), '')
  })

  t.test('a constructor that throws costs its own peer only', async (t) => {
    let made = 0
    class Fragile extends Noted {
      constructor() {
        super()
        if (++made === 1) throw new Error('no luck')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Fragile)
    server.on('error', (error) => journal.note(`server ${error.message}`))
    await (await connect()).rest()
    const peer = await connect()
    await peer.write('hello\n')
    await journal.until('message hello')
    t.strictSame(journal.entries, ['server no luck', 'open', 'message hello'])
  })

  t.test('createConnection must make a new connection', async (t) => {
    const journal = new Journal()
    class Lazy extends Server<string, string, Journal> {
      readonly #only: Noted[] = []
      protected override createConnection(): Noted {
        this.#only[0] ??= new Noted()
        return this.#only[0]
      }
    }
    const server = new Lazy({ codec: line(), connection: Noted, app: journal, reactor })
    server.on('error', (error) => journal.note(codeOf(error)))
    const { connect } = await listen(t, server)
    const first = await connect()
    await journal.until('open')
    await (await connect()).rest()
    await first.write('still here\n')
    await journal.until('message still here')
    t.equal(journal.count('ERR_DETACHED'), 1)
    t.equal(server.connections.size, 1)
  })

  t.test('a listener of `connection` that throws costs that peer only, and stop() does not wait for it', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Noted)
    server.on('error', (error) => journal.note(`server ${error.message}`))
    server.once('connection', () => {
      throw new Error('bad listener')
    })
    await (await connect()).rest()
    t.equal(server.connections.size, 0)
    const peer = await connect()
    await peer.write('hello\n')
    await journal.until('message hello')
    t.strictSame(journal.entries, ['server bad listener', 'open', 'message hello'])
    const stopped = server.stop()
    await peer.closed()
    await stopped
  })

  t.test('events of the server', async (t) => {
    const journal = new Journal()
    const server = new Server({ codec: line(), connection: Noted, app: journal, reactor })
    server.on('listening', (address) => journal.note(`listening ${address.family}`))
    server.on('connection', (connection) => journal.note(`connection ${connection.isOpen}`))
    server.on('connectionError', (error) => journal.note(`failed ${error.message}`))
    server.on('close', () => journal.note('closed'))
    const { connect } = await listen(t, server)
    const peer = await connect()
    await journal.until('open')
    for (const connection of server.connections) connection.destroy(new Error('x'))
    await peer.closed()
    await journal.starting('close ')
    await server.stop()
    t.strictSame(journal.entries, [
      'listening ipv4',
      'connection true',
      'open',
      'error x',
      'failed x',
      'close error x',
      'closed'
    ])
  })
})
