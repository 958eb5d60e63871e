import { Noted } from './driver/noted.js'
import type { Peer } from './driver/peer.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Throws in the hook that the peer names in its first line, and in those of the class's own list. */
class Fragile extends Noted {
  override onMessage(text: string): void {
    super.onMessage(text)
    if (text === 'onMessage') throw new Error(text)
    if (text === 'onWake') this.wake()
    if (text === 'onDrain') this.send('x'.repeat(128 * 1024))
    if (text === 'onError') throw new Error('first')
    if (text === 'echo') this.send(text)
  }
  override onBatchEnd(): void {
    if (this.app.entries.at(-1) === 'message onBatchEnd') throw new Error('onBatchEnd')
  }
  override onWake(): void {
    throw new Error('onWake')
  }
  override onDrain(): void {
    throw new Error('onDrain')
  }
  override onEnd(): void {
    if (this.app.entries.at(-1) === 'message onEnd') throw new Error('onEnd')
    super.onEnd()
  }
  override onError(error: Error): void {
    super.onError(error)
    if (error.message === 'first') throw new Error('onError')
  }
}

overReactors((t, reactor) => {
  for (const hook of ['onMessage', 'onBatchEnd', 'onWake', 'onDrain', 'onEnd'] as const) {
    t.test(`a throw in ${hook} closes its own connection and no other`, async (t) => {
      const { connect, journal, server } = await startLines(t, reactor, Fragile)
      server.on('connectionError', (error) => journal.note(`failed ${error.message}`))
      const bystander = await connect()
      await journal.until('open')
      const peer = await connect()
      await peer.write(`${hook}\nafter\n`.slice(0, hook === 'onMessage' ? undefined : hook.length + 1))
      if (hook === 'onEnd') peer.end()
      await peer.closed()
      await journal.starting('close')
      t.strictSame(journal.entries.slice(2), [
        `message ${hook}`,
        `error ${hook}`,
        `failed ${hook}`,
        `close error ${hook}`
      ])
      await bystander.write('echo\n')
      t.equal(await bystander.line(), 'echo')
    })
  }

  t.test('a throw in onOpen', async (t) => {
    class BadOpen extends Noted {
      override onOpen(): void {
        super.onOpen()
        throw new Error('onOpen')
      }
    }
    const { connect, journal } = await startLines(t, reactor, BadOpen)
    const peer = await connect()
    await peer.write('hello\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'error onOpen', 'close error onOpen'])
  })

  t.test('a throw in onError does not call it again', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Fragile)
    server.on('connectionError', (error) => journal.note(`failed ${error.message}`))
    const peer = await connect()
    await peer.write('onError\nafter\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(
      [...journal.entries].sort(),
      ['open', 'message onError', 'error first', 'failed onError', 'failed first', 'close error first'].sort()
    )
  })

  t.test('a throw in onClose is reported and harms nobody', async (t) => {
    class BadClose extends Noted {
      override onClose(...reason: Parameters<Noted['onClose']>): void {
        super.onClose(...reason)
        throw new Error('onClose')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, BadClose)
    server.on('connectionError', (error) => journal.note(`failed ${error.message}`))
    for (let i = 1; i <= 3; i++) {
      const peer = await connect()
      peer.end()
      await peer.closed()
      await journal.until('failed onClose', i)
    }
    t.equal(server.connections.size, 0)
    t.equal(journal.count('close peer'), 3)
  })

  t.test('what was sent before the throw is still delivered', async (t) => {
    class Last extends Noted {
      override onMessage(): void {
        this.send('last words')
        throw new Error('gone')
      }
    }
    const { connect } = await startLines(t, reactor, Last)
    const peer = await connect()
    await peer.write('go\n')
    t.equal((await peer.rest()).toString(), 'last words\n')
  })

  t.test('what is thrown need not be an Error', async (t) => {
    class Odd extends Noted {
      override onMessage(): void {
        // biome-ignore lint/style/useThrowOnlyError: it is what the test is about
        throw 'a string'
      }
    }
    const { connect, journal } = await startLines(t, reactor, Odd)
    const peer = await connect()
    await peer.write('go\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'error ERR_HANDLER', 'close error ERR_HANDLER'])
  })

  t.test('a promise that is rejected counts as a throw', async (t) => {
    class Rejecting extends Noted {
      override async onMessage(text: string): Promise<void> {
        super.onMessage(text)
        await turn()
        if (text === 'bad') throw new Error('rejected')
        this.send(text)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Rejecting)
    const peer = await connect()
    await peer.write('good\nbad\nnever\n')
    t.equal((await peer.rest()).toString(), 'good\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message good', 'message bad', 'error rejected', 'close error rejected'])
  })

  t.test('a promise that is rejected after the close is reported to the server', async (t) => {
    let reject: (error: Error) => void = () => {}
    class Late extends Noted {
      override onMessage(text: string): Promise<void> {
        super.onMessage(text)
        return new Promise((_, no) => {
          reject = no
        })
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Late)
    server.on('connectionError', (error) => journal.note(`failed ${error.message}`))
    const peer = await connect()
    await peer.write('go\n')
    await journal.until('message go')
    for (const connection of server.connections) connection.destroy()
    await journal.starting('close')
    reject(new Error('too late'))
    await journal.until('failed too late')
    t.strictSame(journal.entries, ['open', 'message go', 'close local', 'failed too late'])
  })

  t.test('a thenable is waited for, and its own throws are handled', async (t) => {
    class Thenables extends Noted {
      override onMessage(text: string): Promise<void> {
        super.onMessage(text)
        const thenable = {
          // biome-ignore lint/suspicious/noThenProperty: it is what the test is about
          then: (done: () => void) => {
            if (text === 'bad') throw new Error('bad thenable')
            setImmediate(done)
          }
        }
        return thenable as unknown as Promise<void>
      }
    }
    const { connect, journal } = await startLines(t, reactor, Thenables)
    const peer = await connect()
    await peer.write('good\nbad\nnever\n')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, [
      'open',
      'message good',
      'message bad',
      'error bad thenable',
      'close error bad thenable'
    ])
  })

  t.test('a listener of the server that throws is an uncaught exception, and the server goes on', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Fragile)
    // Once: the end of the test may cut a connection, and that is an error of it too.
    server.once('connectionError', () => {
      throw new Error('bad listener')
    })
    process.once('uncaughtException', (error) => journal.note(`uncaught ${error.message}`))
    const bystander = await connect()
    const peer = await connect()
    await peer.write('onMessage\n')
    await peer.closed()
    await journal.until('uncaught bad listener')
    await journal.until('close error onMessage')
    await bystander.write('echo\n')
    t.equal(await bystander.line(), 'echo')
  })

  t.test('two thousand throws lose two thousand connections and nothing else', { timeout: 60_000 }, async (t) => {
    const total = 2000
    const { connect, journal, server } = await startLines(t, reactor, Fragile)
    const bystander = await connect()
    for (let done = 0; done < total; done += 50) {
      const peers: Peer[] = await Promise.all(Array.from({ length: 50 }, () => connect()))
      await Promise.all(peers.map((peer) => peer.write('onMessage\n')))
      await Promise.all(peers.map((peer) => peer.closed()))
    }
    await journal.until('close error onMessage', total)
    await bystander.write('echo\n')
    t.equal(await bystander.line(), 'echo')
    t.equal(server.connections.size, 1)
  })
}, everywhere)
