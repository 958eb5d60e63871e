// Goal: what a codec makes of the last bytes, at the end of the stream, is delivered like any message, whoever frames the ones before.
// Method: lines of which the last may lack its ending, and a codec of one's own with a native plan, over both reactors.

import { line, text } from '@shiny/codecs'
import { type Codec, compose, DecodeError, NEED_MORE } from '@shiny/core/codec'
import { Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A line codec with a native plan, whose decoder has something to say of the end: what is left is told in brackets. */
const plan = line()
const own: Codec<string> = {
  ...plan,
  decoder: () => {
    const inner = plan.decoder()
    return {
      decode: (src) => inner.decode(src),
      end: (src) => {
        if (src.length === 0) return NEED_MORE
        const rest = src.takeUtf8(src.length)
        if (rest === 'bad') throw new DecodeError('ERR_MALFORMED', 'bad', { recoverable: true })
        return `[${rest}]`
      },
      setLimits: (limits) => inner.setLimits?.(limits)
    }
  }
}

const codecs: readonly [string, Codec<string>, (rest: string) => string][] = [
  ['a native plan of one’s own', own, (rest) => `[${rest}]`],
  ['the same, mapped', compose(own).map({ in: (rest) => rest, out: (rest: string) => rest }), (rest) => `[${rest}]`],
  ['lines', line({ trailing: 'emit' }), (rest) => rest],
  ['lines of a format', line({ trailing: 'emit' }).of(text()), (rest) => rest],
  ['lines that skip', line({ trailing: 'emit', oversize: 'skip' }), (rest) => rest]
]

overReactors((t, reactor) => {
  for (const [name, codec, told] of codecs) {
    t.test(`${name}: the rest is a message`, async (t) => {
      const { connect, journal } = await start(t, reactor, { codec, connection: Noted })
      for (const stream of ['one\ntwo\nthree', 'three']) {
        const peer = await connect()
        peer.end(stream)
        await journal.starting('close')
        const before = stream === 'three' ? [] : ['message one', 'message two']
        t.strictSame(journal.entries.splice(0), ['open', ...before, `message ${told('three')}`, 'end', 'close peer'])
      }
      ;(await connect()).end('one\n')
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'message one', 'end', 'close peer'], 'there need not be any')
    })

    t.test(`${name}: it arrives in pieces, and is counted`, async (t) => {
      let read = 0
      class Counted extends Noted {
        override onEnd(): void {
          super.onEnd()
          read = this.bytesRead
        }
      }
      const { connect, journal } = await start(t, reactor, { codec, connection: Counted })
      const peer = await connect()
      await peer.write('one\nth')
      await journal.until('message one')
      peer.end('ree')
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'message one', `message ${told('three')}`, 'end', 'close peer'])
      t.equal(read, 9)
    })

    t.test(`${name}: a handler that pauses or waits there is waited for`, async (t) => {
      class Slow extends Noted {
        override onMessage(message: string): void | Promise<void> {
          super.onMessage(message)
          if (message !== told('three')) return
          this.pause()
          return turn().then(async () => {
            this.app.note('settled')
            await turn()
            this.app.note('resumed')
            this.resume()
          })
        }
      }
      const { connect, journal } = await start(t, reactor, { codec, connection: Slow })
      ;(await connect()).end('one\nthree')
      await journal.starting('close')
      const last = [`message ${told('three')}`, 'settled', 'resumed', 'end', 'close peer']
      t.strictSame(journal.entries, ['open', 'message one', ...last])
    })

    t.test(`${name}: an answer after an await is sent`, async (t) => {
      class Slow extends Noted {
        override async onMessage(message: string): Promise<void> {
          await turn()
          await turn()
          this.send(message)
        }
      }
      const { connect, journal } = await start(t, reactor, { codec, connection: Slow })
      const peer = await connect()
      peer.end('one\nthree')
      t.equal(String(await peer.rest()), `one\n${told('three')}\n`)
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', 'end', 'close peer'])
    })

    t.test(`${name}: a stop waits for a handler that holds it back`, async (t) => {
      class Holding extends Noted {
        override onMessage(message: string): void {
          super.onMessage(message)
          if (message === 'one') stop()
          if (message !== told('three')) return
          this.pause()
          setTimeout(() => {
            this.app.note('resumed')
            this.resume()
          }, 30)
        }
      }
      let stopped: Promise<void> | undefined
      const { connect, journal, server } = await start(t, reactor, { codec, connection: Holding })
      const stop = () => {
        stopped = server.stop()
      }
      ;(await connect()).end('one\nthree')
      await journal.starting('close')
      await stopped
      const last = [`message ${told('three')}`, 'resumed', 'end']
      t.strictSame(journal.entries.slice(0, -1), ['open', 'message one', ...last])
    })
  }

  t.test('what is refused there', async (t) => {
    class Going extends Noted {
      override onError(error: Error): void | 'continue' {
        super.onError(error)
        return 'continue'
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: own, connection: Going })
    ;(await connect()).end('one\nbad')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message one', 'error ERR_MALFORMED', 'end', 'close peer'])
  })

  t.test('limits that were set hold there too', async (t) => {
    class Limited extends Noted {
      override onOpen(): void {
        this.setLimits({ codec: { maxLength: 3 } })
      }
    }
    const codec = line({ trailing: 'emit' })
    const { connect, journal } = await start(t, reactor, { codec, connection: Limited })
    for (const [rest, end] of [
      ['two', 'close peer'],
      ['four', 'close error ERR_FRAME_TOO_LONG']
    ]) {
      ;(await connect()).end(`one\n${rest}`)
      t.equal(await journal.starting('close'), end)
      journal.entries.splice(0)
    }
  })
}, everywhere)
