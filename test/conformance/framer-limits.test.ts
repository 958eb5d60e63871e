// Goal: what a framer takes at most changes while it runs, from the next message on, a frame that has begun included, whoever cuts it.
// Method: each framer over both reactors, as it is and behind what may be composed of it; texts tell the handler what to set.

import {
  cobs,
  delimited,
  fixedLength,
  json,
  lengthPrefixed,
  line,
  netstring,
  resp,
  slip,
  text,
  varintPrefixed
} from '@shiny/codecs'
import type { Codec, DecodeError } from '@shiny/core'
import { either, preamble, type Stage } from '@shiny/core/codec'
import * as z from 'zod'
import { codeOf, Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

type Framed = readonly [name: string, codec: Codec<string>, frame: (content: string) => string, alone?: true]

const feed = (content: string) => `${content}\n`
const counted = (content: string) => `${String.fromCharCode(content.length)}${content}`
const stuffed = (content: string) => `${String.fromCharCode(content.length + 1)}${content}\0`
const stage: Stage<string, string, string, string> = {
  name: 'stage',
  decoder: () => ({ decode: (next) => next() }),
  encoder: () => ({ encode: (message, emit) => emit(message) })
}
const hello = preamble({ name: 'nothing', maxLength: 0, decode: () => true })
const same = { in: (message: string) => message, out: (message: string) => message }
const bytes = 1 as const

/** Codecs that take 100 bytes, and their frames; those that are `alone` lose a frame that is too long and nothing else. */
const framers: readonly Framed[] = [
  ['line', line({ maxLength: 100 }), feed],
  ['line of a format', line({ maxLength: 100 }).of(text()), feed],
  ['line, mapped and validated', line({ maxLength: 100 }).map(same).validated(z.string()), feed],
  ['line behind a stage', line({ maxLength: 100 }).pipe(stage), feed],
  ['line behind a preamble', hello.then(line({ maxLength: 100 })), feed],
  ['line that skips', line({ maxLength: 100, oversize: 'skip' }), feed, true],
  ['line that emits', line({ maxLength: 100, trailing: 'emit' }), feed],
  [
    'lines of JSON',
    json.lines(z.string(), { maxLength: 100 }).map({ in: (value) => JSON.stringify(value), out: (value) => value }),
    feed
  ],
  ['delimited', delimited({ delimiter: 'ab', maxLength: 100 }).of(text()), (content) => `${content}ab`],
  ['lengthPrefixed', lengthPrefixed({ bytes, maxLength: 100 }).of(text()), counted],
  ['lengthPrefixed that skips', lengthPrefixed({ bytes, maxLength: 100, oversize: 'skip' }).of(text()), counted, true],
  ['varintPrefixed', varintPrefixed({ maxLength: 100 }).of(text()), counted],
  ['netstring', netstring({ maxLength: 100 }).of(text()), (content) => `${content.length}:${content},`],
  ['slip', slip({ maxLength: 100 }).of(text()), (content) => `${content}\xc0`],
  ['cobs', cobs({ maxLength: 100 }).of(text()), stuffed],
  ['cobs that skips', cobs({ maxLength: 100, oversize: 'skip' }).of(text()), stuffed, true]
]

/** A text of `length` bytes, which is JSON too. */
const x = (length: number) => `"${'x'.repeat(length - 2)}"`
const LOW = '"low"'
const HIGH = '"high"'

/** `low` allows 10 bytes, `high` what the codec was made with. */
class Limited extends Noted<string> {
  override onMessage(message: string): void {
    this.app.note(`${message.length}`)
    if (message === LOW) this.setLimits({ codec: { maxLength: 10 } })
    if (message === HIGH) this.setLimits({ codec: {} })
  }
  override onError(error: DecodeError): void | 'continue' {
    this.app.note(`${codeOf(error)} at ${error.offset}`)
    if (error.recoverable) return 'continue'
  }
}

overReactors((t, reactor) => {
  for (const [name, codec, frame, alone] of framers) {
    t.test(`${name}: less is allowed from the next frame on, and more again`, async (t) => {
      const { connect, journal } = await start(t, reactor, { codec, connection: Limited })
      const peer = await connect()
      const first = [x(100), LOW, x(10), HIGH, x(100), LOW].map(frame).join('')
      peer.end(Buffer.from(`${first}${frame(x(11))}${frame(x(9))}`, 'latin1'))
      await journal.starting('close')
      const refused = `ERR_FRAME_TOO_LONG at ${first.length}`
      const rest = alone ? [refused, '9', 'end', 'close peer'] : [refused, 'close error ERR_FRAME_TOO_LONG']
      t.strictSame(journal.entries, ['open', '100', '5', '10', '6', '100', '5', ...rest])
    })

    t.test(`${name}: a frame that has begun is judged anew`, async (t) => {
      const { connect, journal, server } = await start(t, reactor, { codec, connection: Limited })
      const peer = await connect()
      const whole = frame(x(100))
      await peer.write(Buffer.from(`${frame(x(5))}${whole.slice(0, 50)}`, 'latin1'))
      await journal.until('5')
      for (const connection of server.connections) connection.setLimits({ codec: { maxLength: 10 } })
      await journal.starting('ERR_FRAME_TOO_LONG')
      if (!alone) return
      peer.end(Buffer.from(`${whole.slice(50)}${frame(x(10))}`, 'latin1'))
      await journal.starting('close')
      t.strictSame(journal.entries.slice(-3), ['10', 'end', 'close peer'], 'the rest of it is skipped')
    })
  }

  t.test('no limit is above that of the codec, and those of its format go on', async (t) => {
    class Wide extends Limited {
      override onOpen(): void {
        this.setLimits({ codec: { maxLength: 2 ** 40 } })
      }
    }
    const narrow = await start(t, reactor, { codec: line({ maxLength: 10 }), connection: Wide })
    ;(await narrow.connect()).end(feed(x(11)))
    t.equal(await narrow.journal.starting('close'), 'close error ERR_FRAME_TOO_LONG')
    const format = await start(t, reactor, {
      codec: line({ maxLength: 100 }).of(text({ maxLength: 10 })),
      connection: Wide
    })
    ;(await format.connect()).end(`${feed(x(11))}${feed(x(10))}`)
    await format.journal.starting('close')
    t.strictSame(format.journal.entries, ['ERR_FRAME_TOO_LONG at 0', '10', 'end', 'close peer'])
  })

  t.test('frames of one size may all be refused', async (t) => {
    class Closed extends Limited {
      override onMessage(message: string): void {
        this.app.note(message)
        this.setLimits({ codec: { maxLength: 2 } })
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: fixedLength(3).of(text()), connection: Closed })
    ;(await connect()).end('onetwotri')
    await journal.starting('close')
    const refused = ['ERR_FRAME_TOO_LONG at 3', 'ERR_FRAME_TOO_LONG at 6']
    t.strictSame(journal.entries, ['open', 'one', ...refused, 'end', 'close peer'])
  })

  t.test('what is no limit is refused, and nothing changes', async (t) => {
    class Wrong extends Limited {
      override onMessage(message: string): void {
        this.app.note(message)
        for (const codec of [{ maxLine: 1 }, { maxLength: -1 }, { maxLength: 1.5 }, { maxLength: '9' as never }]) {
          t.throws(() => this.setLimits({ codec }), { code: 'ERR_OPTION' })
        }
      }
    }
    for (const codec of [line(), line({ oversize: 'skip' }), lengthPrefixed({ bytes }).of(text())]) {
      const { connect, journal } = await start(t, reactor, { codec, connection: Wrong })
      ;(await connect()).end(codec.name === 'line' ? feed(x(20)) : counted(x(20)))
      await journal.starting('close')
      t.strictSame(journal.entries, ['open', x(20), 'end', 'close peer'])
    }
  })

  t.test('either: limits are for the codec that the peer speaks', async (t) => {
    const codec = () =>
      either((src) => (src.u8(0) === 0x3a ? 'short' : 'long'), { short: fixedLength(2).of(text()), long: line() })
    class Early extends Noted<{ codec: string; message: string }, never> {
      override onOpen(): void {
        this.setLimits({ codec: { maxLength: 10 } })
      }
      override onMessage({ message }: { message: string }): void {
        this.app.note(message)
        if (message === HIGH) this.setLimits({ codec: {} })
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: codec(), connection: Early })
    ;(await connect()).end(`${feed(x(10))}${feed(HIGH)}${feed(x(11))}`)
    await journal.starting('close')
    t.strictSame(journal.entries.splice(0), [x(10), HIGH, x(11), 'end', 'close peer'])
    ;(await connect()).end(feed(x(11)))
    t.equal(await journal.starting('close'), 'close error ERR_FRAME_TOO_LONG')
  })

  t.test(
    'either: limits that none of its codecs has are refused at once, those that one has when another is spoken',
    async (t) => {
      const codec = either((src) => (src.u8(0) === 0x2a ? 'resp' : 'line'), { resp: resp(), line: line() })
      class Early extends Noted<unknown, never> {
        override onOpen(): void {
          t.throws(() => this.setLimits({ codec: { maxSize: 1 } }), { code: 'ERR_OPTION' })
          this.setLimits({ codec: { maxBulk: 10 } })
        }
        override onMessage(): void {
          this.app.note('message')
          t.throws(() => this.setLimits({ codec: { maxLength: 1 } }), { code: 'ERR_OPTION' })
        }
      }
      const { connect, journal } = await start(t, reactor, { codec, connection: Early })
      ;(await connect()).end('*1\r\n$4\r\nPING\r\n*1\r\n$11\r\n')
      await journal.starting('close')
      t.strictSame(journal.entries.splice(0), ['message', 'error ERR_FRAME_TOO_LONG', 'close error ERR_FRAME_TOO_LONG'])
      ;(await connect()).end('PING\n')
      t.equal(await journal.starting('close'), 'close error ERR_OPTION')
    }
  )
})
