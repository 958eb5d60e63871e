import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { line } from '@shiny/codecs'
import { Connection, type DiagnosticsMessages, Server } from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { listen, startLines } from './driver/start.js'

const names = [
  'shiny:server:listen',
  'shiny:server:stop',
  'shiny:connection:open',
  'shiny:connection:close',
  'shiny:connection:error',
  'shiny:connection:drop'
] as const

/** Calls back for the messages of a channel until the test ends, or until what it returns is called. */
function on<Name extends keyof DiagnosticsMessages>(
  t: Test,
  name: Name,
  heard: (message: DiagnosticsMessages[Name]) => void
): () => void {
  const listener = (message: unknown) => heard(message as DiagnosticsMessages[Name])
  subscribe(name, listener)
  const stop = () => void unsubscribe(name, listener)
  t.teardown(stop)
  return stop
}

overReactors((t, reactor) => {
  t.test('a session is told on the channels, in the order of its hooks', async (t) => {
    const { server, journal, connect } = await startLines(t, reactor, Noted)
    const fresh = new Server({ codec: line(), connection: Noted, app: journal, reactor })
    on(t, 'shiny:server:listen', (message) => {
      t.equal(message.server, fresh)
      journal.note(`listen ${message.addresses.join()}`)
    })
    on(t, 'shiny:server:stop', (message) => {
      t.equal(message.server, fresh)
      journal.note(`stop ${message.addresses.join()}`)
    })
    const { connect: reach, address } = await listen(t, fresh)
    let port = 0
    on(t, 'shiny:connection:open', ({ server, connection }) => {
      t.ok((server.connections as Set<unknown>).has(connection))
      port = connection.remote.port
      journal.note('channel open')
    })
    on(t, 'shiny:connection:close', ({ server, connection, reason }) => {
      t.equal(connection.isOpen, false)
      t.equal(connection.remote.port, port, 'the facts can still be read')
      t.ok(server === fresh)
      journal.note(`channel close ${reason.by} after ${connection.bytesRead}`)
    })
    const peer = await reach()
    await peer.write('hello\n')
    await journal.until('message hello')
    t.equal(port, peer.socket.localPort)
    peer.end()
    await peer.closed()
    await journal.until('channel close peer after 6')
    await fresh.stop()
    t.strictSame(journal.entries, [
      `listen ${address}`,
      'channel open',
      'open',
      'message hello',
      'end',
      'close peer',
      'channel close peer after 6',
      `stop ${address}`
    ])
    t.ok(server.listening && connect !== reach, 'another server was not heard of')
  })

  t.test('errors are told after onError', async (t) => {
    const { journal, connect } = await startLines(t, reactor, Noted, { codec: line({ maxLength: 4 }) })
    on(t, 'shiny:connection:error', ({ error, connection }) => {
      t.type(connection, Noted)
      journal.note(`channel error ${(error as { code?: string }).code}`)
    })
    const peer = await connect()
    await peer.write('too long\n')
    await peer.closed()
    await journal.starting('close')
    const code = 'ERR_FRAME_TOO_LONG'
    t.strictSame(journal.entries, ['open', `error ${code}`, `channel error ${code}`, `close error ${code}`])
  })

  t.test('a peer that is refused is told with the reason', async (t) => {
    class Closed extends Server<string> {
      protected override createConnection(): null {
        return null
      }
    }
    class Nobody extends Connection<string> {
      override onMessage(): void {}
    }
    const journal = new Journal()
    const server = new Closed({ codec: line(), connection: Nobody, reactor })
    on(t, 'shiny:connection:drop', ({ peer, reason }) => journal.note(`${peer.host} ${reason}`))
    const { connect } = await listen(t, server)
    const peer = await connect()
    await peer.closed()
    t.strictSame(journal.entries, ['127.0.0.1 handler'])
  })

  t.test('a subscriber that throws harms no connection', async (t) => {
    const { server, journal, connect } = await startLines(t, reactor, Noted)
    const thrown: Error[] = []
    const catcher = (error: Error) => {
      thrown.push(error)
      journal.note('caught')
    }
    process.on('uncaughtException', catcher)
    t.teardown(() => process.off('uncaughtException', catcher))
    const stop = on(t, 'shiny:connection:open', () => {
      throw new Error('bad subscriber')
    })
    const peer = await connect()
    await peer.write('hello\n')
    await journal.until('message hello')
    await journal.until('caught')
    stop()
    t.match(thrown, [{ message: 'bad subscriber' }])
    t.equal(server.connections.size, 1)
  })

  t.test('nobody listens by default', async (t) => {
    for (const name of names) t.equal(channel(name).hasSubscribers, false, name)
  })
})
