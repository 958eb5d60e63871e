// Goal: what a stage keeps of bytes that it has consumed is never lost unseen when the protocol changes.
// Method: lines whose words are messages, upgraded in the middle of a line, by each policy and from without.

import { lengthPrefixed, line, text } from '@shiny/codecs'
import type { UpgradeOptions } from '@shiny/core'
import { pairs, words } from '../codecs/support/stages.js'
import { frame, frames } from './driver/frames.js'
import { codeOf, Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

class Framed extends Noted<string | null> {
  override onOpen(): void {
    this.app.note('framed open')
  }
  override onMessage(message: string | null): void {
    this.app.note(`framed ${message}`)
  }
}

/** Upgrades at each message that begins with `go`; notes why it could not. */
function going(options: UpgradeOptions = {}) {
  return class extends Noted {
    override onMessage(message: string): void {
      super.onMessage(message)
      if (message.startsWith('go')) this.tryTo(() => this.upgrade(frames(), Framed, options))
    }
    override onWake(): void {
      this.tryTo(() => this.upgrade(frames(), Framed, options))
    }
    tryTo(upgrade: () => unknown): void {
      try {
        upgrade()
      } catch (error) {
        this.app.note(`refused ${codeOf(error)}`)
      }
    }
  }
}

const FRAMED = ['framed open', 'framed after', 'end', 'close peer']

overReactors((t, reactor) => {
  t.test('forward is refused while there is something, and nothing changes; then it is not', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: line().pipe(words()), connection: going() })
    ;(await connect()).end(Buffer.concat([Buffer.from('go two go\n'), frame('after')]))
    await journal.starting('close')
    const refused = ['message go', 'refused ERR_LEFTOVER', 'message two', 'message go']
    t.strictSame(journal.entries, ['open', ...refused, ...FRAMED])
  })

  t.test('a refusal that nobody catches closes the connection', async (t) => {
    class Careless extends Noted {
      override onMessage(): void {
        this.upgrade(frames(), Framed)
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: line().pipe(words()), connection: Careless })
    ;(await connect()).end('go two\n')
    t.equal(await journal.starting('close'), 'close error ERR_LEFTOVER')
  })

  t.test('reject: what is kept is left over', async (t) => {
    const codec = line().pipe(words())
    const { connect, journal } = await start(t, reactor, { codec, connection: going({ leftover: 'reject' }) })
    ;(await connect()).end('go two\n')
    await journal.starting('close')
    const failed = ['error ERR_LEFTOVER', 'close error ERR_LEFTOVER']
    t.strictSame(journal.entries.splice(0), ['open', 'message go', 'framed open', ...failed])
    const peer = await connect()
    await peer.write('one go\n')
    await journal.until('framed open')
    peer.end(frame('after'))
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message one', 'message go', ...FRAMED])
  })

  t.test('drop: what is kept is dropped', async (t) => {
    const codec = line().pipe(words())
    const { connect, journal } = await start(t, reactor, { codec, connection: going({ leftover: 'drop' }) })
    const peer = await connect()
    await peer.write('go two\nrubbish\n')
    await journal.until('framed open')
    peer.end(frame('after'))
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message go', ...FRAMED])
  })

  t.test('a stage that does not tell is taken to keep something', async (t) => {
    for (const [leftover, expected] of [
      ['forward', ['refused ERR_LEFTOVER', 'end', 'close peer']],
      ['reject', ['framed open', 'error ERR_LEFTOVER', 'close error ERR_LEFTOVER']],
      ['drop', ['framed open', 'end', 'close peer']]
    ] as const) {
      const codec = line().pipe(words(null))
      const { connect, journal } = await start(t, reactor, { codec, connection: going({ leftover }) })
      ;(await connect()).end('go\n')
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'message go', ...expected], leftover)
    }
  })

  t.test('a part of a message counts, also behind what is composed further', async (t) => {
    const same = { in: (message: string) => message, out: (message: string) => message }
    const codec = line().pipe(pairs).map(same)
    const { connect, journal, server } = await start(t, reactor, { codec, connection: going() })
    const peer = await connect()
    await peer.write('one\ntwo\nthree\n')
    await journal.until('message one+two')
    for (const connection of server.connections) connection.wake()
    await journal.until('refused ERR_LEFTOVER')
    await peer.write('four\n')
    await journal.until('message three+four')
    for (const connection of server.connections) connection.wake()
    await journal.until('framed open')
    peer.end(frame('after'))
    await journal.starting('close')
    const before = ['open', 'message one+two', 'refused ERR_LEFTOVER', 'message three+four']
    t.strictSame(journal.entries, [...before, ...FRAMED])
  })

  t.test('so does a frame that is skipped: its rest is not for the next protocol', async (t) => {
    const skipping = [
      [line({ maxLength: 3, oversize: 'skip' }), '12345', '6\n'],
      [lengthPrefixed({ bytes: 1, maxLength: 3, oversize: 'skip' }).of(text()), '\x0612345', '6']
    ] as const
    for (const [codec, begun, rest] of skipping) {
      class Skipping extends going() {
        override onError(error: Error): void | 'continue' {
          super.onError(error)
          this.tryTo(() => this.upgrade(frames(), Framed))
          return 'continue'
        }
      }
      const { connect, journal, server } = await start(t, reactor, { codec, connection: Skipping })
      const peer = await connect()
      await peer.write(begun)
      await journal.until('refused ERR_LEFTOVER')
      await peer.write(`${rest}${codec.name === 'line' ? 'ok\n' : '\x02ok'}`)
      await journal.until('message ok')
      for (const connection of server.connections) connection.wake()
      await journal.until('framed open')
      peer.end(frame('after'))
      await journal.starting('close')
      const before = ['open', 'error ERR_FRAME_TOO_LONG', 'refused ERR_LEFTOVER', 'message ok']
      t.strictSame(journal.entries, [...before, ...FRAMED])
    }
  })
}, everywhere)
