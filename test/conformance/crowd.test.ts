// Goal: many peers at once cost nobody who is served, and nobody who waits.

import { connect as connectSocket, type Socket } from 'node:net'
import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import t, { type Test } from 'tap'
import { Journal } from './driver/journal.js'
import { overReactors } from './driver/reactors.js'
import { listen, startLines } from './driver/start.js'

const MOST_ACCEPTED = 64

class Greeter extends Connection<string, string, Journal> {
  override onOpen(): void {
    this.app.note('open')
    this.send('welcome')
  }

  override onMessage(text: string): void {
    this.send(text)
  }
}

/** Asks for connections without waiting for them; the kernel completes them while the loop stands still. */
function crowd(t: Test, port: number, count: number): Socket[] {
  const sockets = Array.from({ length: count }, () => connectSocket(port, '127.0.0.1'))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  return sockets
}

/** Keeps this thread, and so the server, from doing anything. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

overReactors((t, reactor) => {
  t.test('a backlog that overflows costs only those who did not fit', async (t) => {
    const { address, journal, connect } = await startLines(t, reactor, Greeter, {
      at: { host: '127.0.0.1', port: 0, backlog: 1 }
    })
    const before = await connect()
    t.equal(await before.line(), 'welcome')
    const sockets = crowd(t, address.port, 20)
    standStill(50)
    await journal.until('open', 3)
    for (const socket of sockets) socket.destroy()
    await before.write('still here\n')
    t.equal(await before.line(), 'still here')
    const after = await connect()
    t.equal(await after.line(), 'welcome')
  })

  t.test('a peer that is served is answered while a crowd comes in', async (t) => {
    const { address, journal, connect } = await startLines(t, reactor, Greeter)
    const peer = await connect()
    t.equal(await peer.line(), 'welcome')
    crowd(t, address.port, 400)
    standStill(20)
    let answered = 0
    while (journal.count('open') < 401) {
      await peer.write('still there?\n')
      t.equal(await peer.line(), 'still there?')
      answered++
    }
    t.ok(answered > 0)
  })
})

t.test('the native reactor accepts a bounded number of peers a turn', async (t) => {
  const perTurn = new Map<number, number>()
  class Counted extends Greeter {
    override onOpen(): void {
      const { turns } = server.stats()
      perTurn.set(turns, (perTurn.get(turns) ?? 0) + 1)
      super.onOpen()
    }
  }
  const journal = new Journal()
  const server = new Server({ codec: line(), connection: Counted, app: journal, reactor: 'native' })
  const { address } = await listen(t, server)
  crowd(t, address.port, 400)
  standStill(50)
  await journal.until('open', 400)
  t.ok(Math.max(...perTurn.values()) <= MOST_ACCEPTED, `at most ${MOST_ACCEPTED}`)
  t.ok(perTurn.size >= 400 / MOST_ACCEPTED, 'spread over turns')
})
