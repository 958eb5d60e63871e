// mockConnection, script and pair: connections in memory are connections, and what they leave over is an error.

import { bytes, line } from '@shiny/codecs'
import { Connection } from '@shiny/core'
import { mockConnection, pair, script } from '@shiny/core/testing'
import t from 'tap'

class Shout extends Connection<string> {
  override onMessage(text: string): void | Promise<void> {
    if (text === 'wait') return new Promise((resolve) => setImmediate(resolve)).then(() => void this.send('WAITED'))
    if (text === 'pause') this.pause()
    else if (text === 'throw') throw new Error('as asked')
    else if (text === 'upgrade') this.upgrade(bytes(), Raw)
    else if (text === 'bye') this.end('BYE')
    else this.send(text.toUpperCase())
  }
}

class Raw extends Connection<Uint8Array> {
  override onMessage(message: Uint8Array): void {
    this.send(message)
  }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

t.test('what is received comes to messages, and what is sent is seen', async (t) => {
  using mock = mockConnection(Shout, { codec: line() })
  mock.receive('he', 'llo\nyou\n')
  t.strictSame(mock.sent, ['HELLO', 'YOU'])
  t.equal(latin1(mock.written), 'HELLO\nYOU\n')
  t.strictSame(
    mock.events.filter((event) => event.type !== 'batchEnd'),
    [{ type: 'open' }, { type: 'message', message: 'hello' }, { type: 'message', message: 'you' }]
  )
  t.match(mock.finish(), { by: 'peer', error: null })
})

t.test('a peer with a codec speaks in messages', async (t) => {
  using mock = mockConnection(Shout, { codec: line(), peer: line({ ending: '\r\n' }) })
  t.strictSame(mock.receive('one', 'two', Buffer.from('three\n')).sent, ['ONE', 'TWO', 'THREE'])
})

t.test('a peer that does not read holds output back', async (t) => {
  class Drained extends Shout {
    override onDrain(): void {}
  }
  using mock = mockConnection(Drained, { codec: line(), highWaterMark: 8, lowWaterMark: 4 })
  mock.stall().receive('0123456789\nmore\n')
  t.strictSame(mock.sent, ['0123456789'], 'and messages too')
  t.equal(mock.connection.queued, 11)
  t.equal(mock.written.length, 0)
  mock.drain(5)
  t.equal(latin1(mock.written), '01234')
  mock.drain()
  t.equal(latin1(mock.written), '0123456789\nMORE\n')
  t.ok(mock.events.some((event) => event.type === 'drain'))
})

t.test('time passes when the clock is told', async (t) => {
  using mock = mockConnection(Shout, { codec: line(), timeouts: { idle: 1000 } })
  mock.clock.tick(900)
  t.equal(mock.closed, null)
  mock.receive('x\n').clock.tick(900)
  t.equal(mock.closed, null)
  mock.clock.tick(5000)
  t.match(mock.closed, { by: 'timeout', error: { code: 'ERR_TIMEOUT', kind: 'idle' } })
  mock.finish('ERR_TIMEOUT')
})

t.test('a peer may reset', async (t) => {
  using mock = mockConnection(Shout, { codec: line() })
  mock.receive('x\n').peerReset()
  t.match(mock.closed, { by: 'error', error: { code: 'ERR_CONNECTION_RESET' } })
  t.throws(() => mock.finish(), { message: /closed by an error/ })
})

t.test('handlers may take their time', async (t) => {
  using mock = mockConnection(Shout, { codec: line() })
  mock.receive('wait\nx\n')
  t.strictSame(mock.sent, [])
  await mock.settled()
  t.strictSame(mock.sent, ['WAITED', 'X'])
})

t.test('an upgrade goes on with what is left', async (t) => {
  using mock = mockConnection(Shout, { codec: line() })
  mock.receive('a\nupgrade\nrest')
  t.ok((mock.connection as unknown) instanceof Raw)
  t.equal(latin1(mock.written), 'A\nrest')
})

t.test('what is left over is an error', async (t) => {
  const open = (...items: string[]) => mockConnection(Shout, { codec: line() }).receive(...items)
  t.throws(() => open('half').finish(), { message: /ended the stream in a frame/ })
  t.throws(() => open('pause\nx\n').finish(), { message: /2 bytes are undelivered.*it is paused/ })
  t.throws(() => open('wait\n').finish(), { message: /a handler has not settled/ })
  t.throws(() => open('throw\n').finish(), { message: /as asked/ })
  t.throws(() => open('x\n').finish('ERR_TIMEOUT'), { message: /without the error ERR_TIMEOUT/ })
  const stalled = mockConnection(Shout, { codec: line() }).stall().receive('x\n')
  t.throws(() => stalled.finish(), { message: /2 bytes are unsent/ })
  t.throws(
    () => {
      using forgotten = open('half')
      return forgotten.closed
    },
    { message: /ended the stream in a frame/ }
  )
  t.throws(() => mockConnection(Shout, { codec: line(), highWaterMark: -1 }), { code: 'ERR_OPTION' })
  t.throws(
    () =>
      mockConnection(
        class extends Shout {
          constructor() {
            super()
            throw new Error('not made')
          }
        },
        { codec: line() }
      ),
    { message: 'not made' }
  )
})

t.test('a script is played', async (t) => {
  using mock = mockConnection(Shout, { codec: line() })
  await script(mock)
    .receive('a\nwait\n')
    .expect('A')
    .expect('WAITED')
    .wait(10)
    .receive('bye\n')
    .expect('BYE')
    .expectClose()
    .run()
  t.match(mock.finish(), { by: 'local' })
})

t.test('a script that does not hold is an error', async (t) => {
  const play = (make: (s: ReturnType<typeof fresh>) => ReturnType<typeof fresh>) => make(fresh()).run()
  const fresh = () => script(mockConnection(Shout, { codec: line() }))
  await t.rejects(
    play((s) => s.receive('a\n').expect('B').receive('c\n')),
    { message: /step 2, expect 'B': expected 'B', and 'A' was sent\nunused steps: receive 'c\\n'/ }
  )
  await t.rejects(
    play((s) => s.expect('A')),
    { message: /nothing was sent/ }
  )
  await t.rejects(
    play((s) => s.receive('a\nb\n').expect('A')),
    { message: /nobody expects what was sent: 'B'/ }
  )
  await t.rejects(
    play((s) => s.expectClose()),
    { message: /is open/ }
  )
  await t.rejects(
    play((s) => s.receive('bye\n').expect('BYE').expectClose().receive('x\n')),
    { message: /closed already/ }
  )
  const mock = mockConnection(Shout, { codec: line() })
  script(mock).receive('x\n')
  t.throws(() => mock.finish(), { message: /a script was not run/ })
})

class Counter extends Connection<string> {
  readonly heard: string[] = []

  override onOpen(): void {
    for (let i = 0; i < 100; i++) this.send(`number ${i}`)
    this.halfClose('bye')
  }

  override onMessage(text: string): void {
    this.heard.push(text)
  }
}

/** One whose batches are to be seen. */
class Batched extends Shout {
  override onBatchEnd(): void {}
}

t.test('a pair talks in memory, the same way for the same seed', async (t) => {
  const play = (seed: number) => {
    const two = pair(
      { codec: line(), connection: Batched },
      { codec: line(), connection: Counter },
      { seed, segment: 40, partialWrites: 100 }
    )
    t.equal(two.client.heard.length, 101)
    t.strictSame(two.client.heard.slice(98), ['NUMBER 98', 'NUMBER 99', 'BYE'])
    for (const events of [two.serverEvents, two.clientEvents]) t.equal(events.at(-1)?.type, 'close')
    return two.serverEvents.map((event) => event.type).join(' ')
  }
  t.equal(play(1), play(1))
  t.not(play(1), play(2))
})
