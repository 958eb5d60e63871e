import { line } from '@shiny/codecs'
import { ShinyError } from '@shiny/core'
import { Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'

const reset = 'ERR_CONNECTION_RESET'

/** Sends when it is woken, whatever state it is in, and does what the token says. */
class Woken extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    this.send(text)
  }
  override onWake(token: unknown): void {
    this.app.note(`wake ${String(token)}`)
    if (token === 'send') this.send('late answer')
    if (token === 'end') this.end('last')
    if (token === 'halfClose') this.halfClose('last')
    if (token === 'close') this.close()
    if (token === 'resume') this.resume()
  }
}

/** Ends its own side with its first message. */
class Ending extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    if (this.isOpen) this.halfClose(text)
  }
}

overReactors((t, reactor) => {
  const open = { allowHalfOpen: true }

  t.test('with allowHalfOpen the connection stays open for sending after onEnd', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Woken, open)
    const peer = await connect()
    peer.end('one\n')
    await journal.until('end')
    const [connection] = server.connections
    t.equal(connection?.isOpen, true)
    connection?.wake('send')
    t.equal(await peer.line(), 'one')
    t.equal(await peer.line(), 'late answer')
    connection?.wake('end')
    t.equal((await peer.rest()).toString(), 'last\n')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message one', 'end', 'wake send', 'wake end', 'close local'])
    t.equal(server.connections.size, 0)
  })

  for (const action of ['halfClose', 'close'] as const) {
    t.test(`${action} closes what the peer has half-closed`, async (t) => {
      const { connect, journal, server } = await startLines(t, reactor, Woken, open)
      const peer = await connect()
      peer.end()
      await journal.until('end')
      for (const connection of server.connections) connection.wake(action)
      t.equal((await peer.rest()).toString(), action === 'close' ? '' : 'last\n')
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'end', `wake ${action}`, 'close local'])
    })
  }

  t.test('much that is queued leaves after the peer has ended, and onDrain may follow onEnd', async (t) => {
    const size = 4 * 1024 * 1024
    class Large extends Noted {
      override onMessage(): void {
        this.send('x'.repeat(size))
      }
      override onDrain(): void {
        this.app.note('drain')
        this.end('done')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Large, { ...open, backpressure: 'manual' })
    const peer = await connect({ reading: false })
    peer.end('give\n')
    await journal.until('end')
    peer.read()
    t.equal((await peer.rest()).length, size + 1 + 5)
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'end', 'drain', 'close local'])
  })

  t.test('halfClose: the peer sees the end, and its messages are delivered until it ends', async (t) => {
    for (const allowHalfOpen of [true, false]) {
      const { connect, journal, server } = await startLines(t, reactor, Ending, { allowHalfOpen })
      const peer = await connect()
      await peer.write('one\n')
      t.equal(await peer.line(), 'one')
      await peer.ended()
      await peer.write('two\n')
      await journal.until('message two')
      const [connection] = server.connections
      t.equal(connection?.isOpen, false)
      t.throws(() => connection?.send('more'), { code: 'ERR_CLOSED' })
      t.throws(() => connection?.halfClose('more'), { code: 'ERR_CLOSED' })
      t.throws(() => connection?.end('more'), { code: 'ERR_CLOSED' })
      connection?.halfClose()
      peer.end('three\n')
      await journal.starting('close')
      const messages = ['message one', 'message two', 'message three']
      t.strictSame(journal.entries, ['open', ...messages, 'end', 'close peer'])
      t.equal(await peer.closed(), null)
      t.equal(server.connections.size, 0)
    }
  })

  t.test('halfClose flushes what is queued, however much it is', async (t) => {
    const size = 8 * 1024 * 1024
    class Large extends Noted {
      override onMessage(text: string): void {
        super.onMessage(text)
        if (text === 'give') this.halfClose('x'.repeat(size))
      }
    }
    const { connect, journal } = await startLines(t, reactor, Large, { backpressure: 'manual' })
    const peer = await connect({ reading: false })
    await peer.write('give\nmore\n')
    await journal.until('message more')
    peer.read()
    t.equal((await peer.bytes(size + 1)).length, size + 1)
    await peer.ended()
    peer.end('last\n')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message give', 'message more', 'message last', 'end', 'close peer'])
  })

  t.test('a half-closed connection may still be closed or destroyed', async (t) => {
    for (const action of ['close', 'destroy'] as const) {
      const { connect, journal, server } = await startLines(t, reactor, Ending)
      const peer = await connect()
      await peer.write('one\n')
      await peer.ended()
      for (const connection of server.connections) connection[action]()
      if (action === 'close') peer.end()
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'message one', 'close local'], action)
    }
  })

  t.test('a half-closed connection that is closed does not wait for a silent peer for ever', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Ending)
    const peer = await connect()
    await peer.write('one\n')
    await peer.ended()
    const began = performance.now()
    for (const connection of server.connections) connection.close()
    await journal.starting('close')
    t.ok(performance.now() - began > 1000, 'the peer is given time')
    t.strictSame(journal.entries, ['open', 'message one', 'close local'])
  })

  t.test('a stop closes half-open and half-closed connections', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Woken, open)
    const ended = await connect()
    ended.end()
    await journal.until('end')
    const halfClosed = await connect()
    await journal.until('open', 2)
    for (const connection of server.connections) if (connection.isOpen) connection.halfClose()
    const stopped = server.stop()
    t.equal((await ended.rest()).length, 0)
    t.equal((await halfClosed.rest()).length, 0)
    await stopped
    t.equal(server.connections.size, 0)
  })

  t.test('bytes left over at the end are an error on a half-open connection too', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Woken, open)
    const peer = await connect()
    peer.end('one\ntw')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message one', 'error ERR_TRUNCATED', 'close error ERR_TRUNCATED'])
  })

  t.test('a half-closed connection that is paused gets its messages and the end when it is resumed', async (t) => {
    class Paused extends Woken {
      override onMessage(text: string): void {
        this.app.note(`message ${text}`)
        if (text === 'a') {
          this.halfClose()
          this.pause()
        }
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Paused)
    const peer = await connect()
    peer.end('a\nb\nc\n')
    await journal.until('message a')
    await peer.ended()
    for (const connection of server.connections) connection.wake('resume')
    await journal.starting('close')
    const entries = ['open', 'message a', 'wake resume', 'message b', 'message c', 'end', 'close peer']
    t.strictSame(journal.entries, entries)
  })

  t.test('onEnd is called once, whatever is held and released after it', async (t) => {
    class Restless extends Woken {
      override onEnd(): void {
        super.onEnd()
        this.pause()
        this.resume()
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Restless, open)
    const peer = await connect()
    peer.end('a\n')
    await journal.until('end')
    for (const connection of server.connections) {
      connection.pause()
      connection.resume()
      connection.wake('send')
      connection.wake('end')
    }
    await peer.rest()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message a', 'end', 'wake send', 'wake end', 'close local'])
  })

  t.test('a codec that makes messages at the end waits for an asynchronous handler before onEnd', async (t) => {
    class Slow extends Noted {
      override async onMessage(text: string): Promise<void> {
        super.onMessage(text)
        await new Promise((resolve) => setImmediate(resolve))
        this.app.note(`answered ${text}`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Slow, { codec: lenient() })
    ;(await connect()).end('one\nrest')
    await journal.starting('close')
    const entries = ['message one', 'answered one', 'message rest', 'answered rest', 'end', 'close peer']
    t.strictSame(journal.entries, ['open', ...entries])
  })
}, everywhere)

overReactors((t, reactor) => {
  t.test('a reset is told apart from an end while this side alone has ended', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Ending)
    const peer = await connect()
    await peer.write('one\n')
    await peer.ended()
    peer.reset()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message one', `error ${reset}`, `close error ${reset}`])
  })

  t.test('a reset is told, at the latest when something is sent, while the peer alone has ended', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Woken, { allowHalfOpen: true })
    const peer = await connect()
    peer.end()
    await journal.until('end')
    peer.reset()
    const again = setInterval(() => {
      for (const connection of server.connections) {
        try {
          connection.send('anybody there?')
        } catch (error) {
          if (!(error instanceof ShinyError)) throw error
        }
      }
    }, 5)
    await journal.starting('close')
    clearInterval(again)
    t.strictSame(journal.entries, ['open', 'end', `error ${reset}`, `close error ${reset}`])
  })
})

/** Lines, of which the last needs no ending. */
function lenient() {
  const { name, maxBuffered, decoder, encoder } = line()
  return {
    name,
    maxBuffered,
    encoder,
    decoder: () => {
      const lines = decoder()
      return {
        decode: lines.decode.bind(lines),
        end: (src: Parameters<typeof lines.decode>[0]) =>
          src.length === 0 ? lines.decode(src) : src.takeUtf8(src.length)
      }
    }
  }
}
