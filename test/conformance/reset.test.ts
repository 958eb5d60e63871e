// Goal: a peer can tell a connection that was cut from one that was ended.

import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { loopback, socketPath, startLines } from './driver/start.js'

class Cut extends Noted {
  override onMessage(text: string): void {
    if (text === 'reset') this.reset()
    else if (text === 'why') this.reset(new Error('told so'))
    else this.destroy()
    // It is closed like any other: nothing that was sent counts any more.
    this.app.note(this.isOpen ? 'still open' : 'cut')
  }
}

overReactors((t, reactor) => {
  t.test('reset tells the peer that it was no end, destroy does not', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Cut, { at: loopback })
    for (const [word, seen] of [
      ['destroy', null],
      ['reset', 'ECONNRESET']
    ] as const) {
      const peer = await connect()
      await peer.write(`${word}\n`)
      peer.read()
      t.equal(await peer.closed(), seen, word)
      await journal.until('close local', seen === null ? 1 : 2)
    }
    t.strictSame(journal.entries, ['open', 'cut', 'close local', 'open', 'cut', 'close local'])
  })

  t.test('reset with an error reports it', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Cut, { at: loopback })
    const peer = await connect()
    await peer.write('why\n')
    await journal.until('close error told so')
    t.equal(await peer.closed(), 'ECONNRESET')
  })

  t.test('a Unix socket, which knows no resets, is destroyed', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Cut, { at: { path: socketPath(t) } })
    const peer = await connect()
    await peer.write('reset\n')
    await peer.closed()
    await journal.until('close local')
    t.pass()
  })
})
