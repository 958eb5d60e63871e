import { Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'

class Waking extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    this.wake(text)
    this.app.note('woke')
  }
  override onWake(token: unknown): void {
    this.app.note(`wake ${String(token)}`)
    if (token === 'again') this.wake('last')
    if (token === 'reply') this.send('awake')
  }
}

overReactors((t, reactor) => {
  t.test('onWake comes in a later turn, in the order of the calls, with the token', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Waking)
    const peer = await connect()
    await peer.write('a\nb\n')
    await journal.until('wake b')
    t.strictSame(journal.entries, ['open', 'message a', 'woke', 'message b', 'woke', 'wake a', 'wake b'])
    for (const connection of server.connections) {
      connection.wake()
      connection.wake(undefined)
      connection.wake(7)
    }
    journal.note('called')
    await journal.until('wake 7')
    t.strictSame(journal.entries.slice(7), ['called', 'wake undefined', 'wake undefined', 'wake 7'])
  })

  t.test('a wake from onWake comes in the turn after', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Waking)
    await (await connect()).write('again\n')
    await journal.until('wake last')
    t.strictSame(journal.entries, ['open', 'message again', 'woke', 'wake again', 'wake last'])
  })

  t.test('what onWake sends leaves at once', async (t) => {
    const { connect } = await startLines(t, reactor, Waking)
    const peer = await connect()
    await peer.write('reply\n')
    t.equal(await peer.line(), 'awake')
  })

  t.test('wake works while messages are held back', async (t) => {
    class Paused extends Waking {
      override onOpen(): void {
        super.onOpen()
        this.pause()
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Paused)
    await (await connect()).write('a\n')
    await journal.until('open')
    for (const connection of server.connections) connection.wake('up')
    await journal.until('wake up')
    t.strictSame(journal.entries, ['open', 'wake up'])
  })

  t.test('wake does nothing once the connection is closing or closed', async (t) => {
    class Ending extends Waking {
      override onMessage(text: string): void {
        super.onMessage(text)
        this.close()
        this.wake('closing')
      }
      override onClose(...reason: Parameters<Noted['onClose']>): void {
        super.onClose(...reason)
        this.wake('closed')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Ending)
    let kept: Waking | undefined
    server.on('connection', (connection) => {
      kept = connection as unknown as Waking
    })
    const peer = await connect()
    await peer.write('pending\n')
    await peer.closed()
    await journal.starting('close')
    kept?.wake('long gone')
    const second = await connect()
    await second.write('x\n')
    await second.closed()
    await journal.until('close local', 2)
    t.equal(journal.entries.filter((entry) => entry.startsWith('wake')).length, 0, 'also what was pending at the close')
  })

  t.test('a hundred thousand wakes', async (t) => {
    class Counting extends Noted {
      #count = 0
      override onOpen(): void {
        for (let i = 0; i < 100_000; i++) this.wake(i)
      }
      override onWake(token: unknown): void {
        if (token !== this.#count++) this.app.note('out of order')
        if (this.#count === 100_000) this.app.note('all')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Counting)
    await connect()
    await journal.until('all')
    t.strictSame(journal.entries, ['all'])
  })
}, everywhere)
