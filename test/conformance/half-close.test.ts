import { line } from '@shiny/codecs'
import { Noted } from './driver/noted.js'
import { currentTransport, everywhere, overReactors } from './driver/reactors.js'
import { start, startLines, transports } from './driver/start.js'

class Echo extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    this.send(text)
  }
}

overReactors((t, reactor) => {
  const overTcp = currentTransport() === 'TCP' ? {} : { skip: 'a Unix socket knows no reset' }

  t.test('a peer that ends with its last message gets all its answers', async (t) => {
    for (const [name, at] of transports(t)) {
      const { connect, journal } = await startLines(t, reactor, Echo, { at })
      const peer = await connect()
      peer.end('one\ntwo\nthree\n')
      t.equal((await peer.rest()).toString(), 'one\ntwo\nthree\n', name)
      t.equal(await peer.closed(), null)
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'message one', 'message two', 'message three', 'end', 'close peer'])
    }
  })

  t.test('an answer larger than the socket takes at once arrives whole after the peer has ended', async (t) => {
    const size = 8 * 1024 * 1024
    class Large extends Noted {
      override onMessage(): void {
        this.send('x'.repeat(size))
      }
    }
    const { connect, journal } = await startLines(t, reactor, Large, { backpressure: 'manual' })
    const peer = await connect({ reading: false })
    peer.end('give\n')
    await journal.until('end')
    peer.read()
    t.equal((await peer.rest()).length, size + 1)
    await journal.until('close peer')
  })

  t.test('onEnd may send its last words', async (t) => {
    class Polite extends Noted {
      override onEnd(): void {
        super.onEnd()
        this.send('goodbye')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Polite)
    const peer = await connect()
    peer.end('hello\n')
    t.equal((await peer.rest()).toString(), 'goodbye\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message hello', 'end', 'close peer'])
  })

  t.test('onEnd may close or destroy by itself', async (t) => {
    for (const action of ['close', 'destroy'] as const) {
      class Curt extends Noted {
        override onEnd(): void {
          super.onEnd()
          this[action]()
        }
      }
      const { connect, journal } = await startLines(t, reactor, Curt)
      const peer = await connect()
      peer.end()
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'end', 'close local'], action)
    }
  })

  t.test('bytes left over at the end are an error, behind the messages before them', async (t) => {
    for (const [name, at] of transports(t)) {
      const { connect, journal } = await startLines(t, reactor, Echo, { at })
      const peer = await connect()
      peer.end('whole\nDELETE /a')
      t.equal((await peer.rest()).toString(), 'whole\n', name)
      await peer.closed()
      await journal.starting('close')
      const failed = ['error ERR_TRUNCATED', 'close error ERR_TRUNCATED']
      t.strictSame(journal.entries, ['open', 'message whole', ...failed], 'neither a message nor onEnd')
    }
  })

  t.test('the end is not told before held messages are delivered', async (t) => {
    class Held extends Noted {
      override onOpen(): void {
        super.onOpen()
        this.pause()
      }
      override onWake(): void {
        this.app.note('resume')
        this.resume()
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Held)
    const peer = await connect()
    peer.end('one\ntwo\n')
    await journal.until('open')
    const [connection] = server.connections
    connection?.wake()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'resume', 'message one', 'message two', 'end', 'close peer'])
  })

  t.test('the end waits for an asynchronous handler', async (t) => {
    class Slow extends Noted {
      override async onMessage(text: string): Promise<void> {
        super.onMessage(text)
        await new Promise((resolve) => setImmediate(resolve))
        this.send(text)
        this.app.note(`answered ${text}`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Slow)
    const peer = await connect()
    peer.end('one\ntwo\n')
    t.equal((await peer.rest()).toString(), 'one\ntwo\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, [
      'open',
      'message one',
      'answered one',
      'message two',
      'answered two',
      'end',
      'close peer'
    ])
  })

  t.test('a reset is an error, told once', overTcp, async (t) => {
    const { connect, journal } = await startLines(t, reactor, Noted)
    const peer = await connect()
    await peer.write('hello\n')
    await journal.until('message hello')
    peer.reset()
    await journal.starting('close')
    const code = 'ERR_CONNECTION_RESET'
    t.strictSame(journal.entries, ['open', 'message hello', `error ${code}`, `close error ${code}`])
  })

  t.test('a reset while much is queued frees the connection', overTcp, async (t) => {
    class Large extends Noted {
      override onMessage(): void {
        for (let i = 0; i < 16; i++) this.send('x'.repeat(1024 * 1024))
        this.app.note('sent')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Large)
    const peer = await connect({ reading: false })
    await peer.write('give\n')
    await journal.until('sent')
    peer.reset()
    await journal.starting('close error')
    t.equal(journal.entries.filter((entry) => entry.startsWith('close')).length, 1)
    t.equal(server.connections.size, 0)
  })

  t.test('a reset after our own close is no error', overTcp, async (t) => {
    class Closer extends Noted {
      override onMessage(): void {
        this.end('x'.repeat(16 * 1024 * 1024))
        this.app.note('ended')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Closer)
    const peer = await connect({ reading: false })
    await peer.write('go\n')
    await journal.until('ended')
    peer.reset()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'ended', 'close local'])
  })

  t.test('a decoder may make a message of what is left at the end', async (t) => {
    const lenient = { ...line(), decoder: () => withTail(line().decoder()) }
    delete (lenient as { native?: unknown }).native
    const { connect, journal } = await start(t, reactor, { codec: lenient, connection: Echo })
    const peer = await connect()
    peer.end('one\nrest')
    t.equal((await peer.rest()).toString(), 'one\nrest\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message one', 'message rest', 'end', 'close peer'])
  })
}, everywhere)

type LineDecoder = ReturnType<ReturnType<typeof line>['decoder']>

/** As `decoder`, but takes the bytes behind the last line feed for a line. */
function withTail(decoder: LineDecoder): LineDecoder {
  return {
    decode: (src) => decoder.decode(src),
    end: (src) => (src.length === 0 ? decoder.decode(src) : src.takeUtf8(src.length))
  }
}
