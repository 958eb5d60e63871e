import { Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

overReactors((t, reactor) => {
  t.test('pause holds back messages that have arrived, and none is lost', async (t) => {
    class Every3rd extends Noted {
      #count = 0
      override onMessage(text: string): void {
        super.onMessage(text)
        if (++this.#count % 3 !== 0) return
        this.pause()
        this.app.note('paused')
        setImmediate(() => {
          this.app.note('resumed')
          this.resume()
        })
      }
    }
    const { connect, journal } = await startLines(t, reactor, Every3rd)
    const peer = await connect()
    await peer.write('1\n2\n3\n4\n5\n6\n7\n')
    await journal.until('message 7')
    t.strictSame(journal.entries, [
      'open',
      ...['message 1', 'message 2', 'message 3', 'paused', 'resumed'],
      ...['message 4', 'message 5', 'message 6', 'paused', 'resumed'],
      'message 7'
    ])
  })

  t.test('resume delivers in a later turn, never inside the call', async (t) => {
    class Stepwise extends Noted {
      override onOpen(): void {
        super.onOpen()
        this.pause()
      }
      override onWake(): void {
        this.resume()
        this.app.note('resumed')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Stepwise)
    await (await connect()).write('a\nb\n')
    await journal.until('open')
    for (const connection of server.connections) connection.wake()
    await journal.until('message b')
    t.strictSame(journal.entries, ['open', 'resumed', 'message a', 'message b'])
  })

  t.test('pausing twice takes one resume; resuming what flows does nothing', async (t) => {
    class Twice extends Noted {
      override onOpen(): void {
        super.onOpen()
        this.resume()
        this.pause()
        this.pause()
        setImmediate(() => this.resume())
      }
    }
    const { connect, journal } = await startLines(t, reactor, Twice)
    await (await connect()).write('a\n')
    await journal.until('message a')
    t.strictSame(journal.entries, ['open', 'message a'])
  })

  t.test('a paused connection takes no more than it must, and gets it all later', async (t) => {
    class Stopped extends Noted {
      #count = 0
      override onOpen(): void {
        super.onOpen()
        this.pause()
      }
      override onMessage(): void {
        if (++this.#count === LINES) this.app.note('all')
      }
    }
    const LINES = 200_000
    const { connect, journal, server } = await startLines(t, reactor, Stopped)
    const peer = await connect()
    const written = peer.write('0123456789abcdef0123456789abcde\n'.repeat(LINES))
    await journal.until('open')
    let done = false
    void written.then(() => {
      done = true
    })
    for (let i = 0; i < 50; i++) await turn()
    t.equal(done, false, 'the peer cannot write 6 MiB to a server that does not read')
    t.equal([...server.connections][0]?.bytesRead, 0)
    for (const connection of server.connections) connection.resume()
    await journal.until('all')
    t.equal([...server.connections][0]?.bytesRead, 32 * LINES)
  })

  t.test('the next message waits for the promise of the one before', async (t) => {
    class Slow extends Noted {
      override async onMessage(text: string): Promise<void> {
        this.app.note(`begin ${text}`)
        await turn()
        if (text === 'b') await turn()
        this.send(text)
        this.app.note(`end ${text}`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Slow)
    const peer = await connect()
    await peer.write('a\nb\nc\n')
    t.equal(await peer.text(6), 'a\nb\nc\n')
    t.strictSame(journal.entries, ['open', 'begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c'])
  })

  t.test('no message comes before an asynchronous onOpen has settled', async (t) => {
    class SlowOpen extends Noted {
      override async onOpen(): Promise<void> {
        this.app.note('opening')
        await turn()
        await turn()
        this.app.note('opened')
      }
    }
    const { connect, journal } = await startLines(t, reactor, SlowOpen)
    await (await connect()).write('a\n')
    await journal.until('message a')
    t.strictSame(journal.entries, ['opening', 'opened', 'message a'])
  })

  t.test('one connection that waits does not hold up another', async (t) => {
    class Blocked extends Noted {
      override onMessage(text: string): void | Promise<void> {
        super.onMessage(text)
        if (text === 'block') return new Promise(() => {})
        this.send(text)
      }
    }
    const { connect } = await startLines(t, reactor, Blocked)
    await (await connect()).write('block\nnever\n')
    const other = await connect()
    await other.write('hello\n')
    t.equal(await other.line(), 'hello')
  })

  t.test('pause inside an asynchronous handler outlasts its promise', async (t) => {
    class Both extends Noted {
      override async onMessage(text: string): Promise<void> {
        super.onMessage(text)
        if (text !== 'a') return
        this.pause()
        await turn()
        this.app.note('settled')
        setImmediate(() => {
          this.app.note('resumed')
          this.resume()
        })
      }
    }
    const { connect, journal } = await startLines(t, reactor, Both)
    await (await connect()).write('a\nb\n')
    await journal.until('message b')
    t.strictSame(journal.entries, ['open', 'message a', 'settled', 'resumed', 'message b'])
  })

  t.test('onBatchEnd follows the messages of one read, whose replies leave together', async (t) => {
    class Batches extends Noted {
      override onMessage(text: string): void {
        super.onMessage(text)
        this.send(text)
      }
      override onBatchEnd(): void {
        this.app.note(`batch of ${this.queued} bytes`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Batches)
    const peer = await connect()
    await peer.write('a\nb\nc\n')
    t.equal(await peer.text(6), 'a\nb\nc\n')
    t.strictSame(journal.entries, ['open', 'message a', 'message b', 'message c', 'batch of 6 bytes'])
    await peer.write('incomplete')
    await peer.write('\n')
    await journal.until('batch of 11 bytes')
    t.equal(journal.entries.filter((entry) => entry.startsWith('batch')).length, 2, 'none without a message')
  })
}, everywhere)
