// Goal: whatever a handler does inside a message, over real sockets, nothing is lost or comes twice: what the test kit shows in memory, with
// frames that the native reactor has found ahead of the handler.
// Method: five messages arrive in one read, and each of them in turn is interrupted in each way.

import {
  bytes,
  delimited,
  fixedLength,
  lengthPrefixed,
  line,
  netstring,
  resp,
  text,
  varintPrefixed
} from '@shiny/codecs'
import { type Codec, Connection, type ShinyError } from '@shiny/core'
import type { Journal } from './driver/journal.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

const same = { in: (message: string) => message, out: (message: string) => message }
const counted = (content: string) => `\x03${content}`

/** Codecs of texts of three bytes, and how a peer sends one. */
const codecs: readonly [name: string, codec: Codec<string>, wire: (content: string) => string][] = [
  ['line', line(), (content) => `${content}\n`],
  ['line, mapped', line().map(same), (content) => `${content}\r\n`],
  ['delimited', delimited({ delimiter: '||' }).of(text()), (content) => `${content}||`],
  ['fixedLength', fixedLength(3).of(text()), (content) => content],
  ['lengthPrefixed', lengthPrefixed({ bytes: 1 }).of(text()), counted],
  ['varintPrefixed', varintPrefixed().of(text()), counted],
  ['netstring', netstring().of(text()), (content) => `3:${content},`],
  [
    'resp',
    resp().map({ in: (command) => command.text(0), out: (message: string) => message }),
    (content) => `*1\r\n$3\r\n${content}\r\n`
  ],
  ['inline commands', resp().map({ in: ({ name }) => name.toLowerCase(), out: (message: string) => message }), feed]
]

function feed(content: string): string {
  return `${content}\r\n`
}

const MESSAGES = ['one', 'two', 'tri', 'for', 'fiv']
const GOING_ON = ['pause', 'wait', 'send', 'limit', 'halfClose', 'wake'] as const
const ENDING = ['close', 'destroy', 'throw', 'reject'] as const
type Action = (typeof GOING_ON)[number] | (typeof ENDING)[number] | 'upgrade'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

class Rest extends Connection<Uint8Array, Uint8Array | string, Journal> {
  override onMessage(rest: Uint8Array): void {
    this.app.note(`rest ${Buffer.from(rest).toString('latin1')}`)
  }
  override onClose(): void {
    this.app.note('close')
  }
}

/** Interrupts the message `where`. */
function interrupted(action: Action, where: string) {
  return class extends Connection<string, string, Journal> {
    override onMessage(message: string): void | Promise<void> {
      this.app.note(message)
      return message === where ? this.act() : undefined
    }
    act(): void | Promise<void> {
      if (action === 'pause') {
        this.pause()
        setImmediate(() => this.resume())
      } else if (action === 'wait') return turn()
      else if (action === 'reject') return turn().then(() => Promise.reject(new Error('rejected')))
      else if (action === 'throw') throw new Error('thrown')
      else if (action === 'send') this.send('snt')
      else if (action === 'limit') this.limit()
      else if (action === 'upgrade') this.upgrade(bytes(), Rest)
      else this[action]()
    }
    limit(): void {
      try {
        this.setLimits({ codec: {} })
      } catch (error) {
        if ((error as ShinyError).code !== 'ERR_OPTION') throw error
      }
    }
    override onError(): void {}
    override onClose(): void {
      this.app.note('close')
    }
  }
}

overReactors((t, reactor) => {
  for (const [name, codec, wire] of codecs) {
    const stream = MESSAGES.map(wire)
    const run = async (t: Parameters<typeof start>[0], action: Action, k: number) => {
      const connection = interrupted(action, MESSAGES[k] as string)
      const { connect, journal } = await start(t, reactor, { codec, connection })
      ;(await connect()).end(Buffer.from(stream.join(''), 'latin1'))
      await journal.until('close')
      return journal.entries
    }

    t.test(`${name}: all messages come, once and in order`, async (t) => {
      for (const action of GOING_ON)
        for (const k of MESSAGES.keys())
          t.strictSame(await run(t, action, k), [...MESSAGES, 'close'], `${action} in message ${k}`)
    })

    t.test(`${name}: no message comes behind the last`, async (t) => {
      for (const action of ENDING)
        for (const k of MESSAGES.keys())
          t.strictSame(await run(t, action, k), [...MESSAGES.slice(0, k + 1), 'close'], `${action} in message ${k}`)
    })

    t.test(`${name}: an upgrade gets exactly what is left`, async (t) => {
      for (const k of MESSAGES.keys()) {
        const entries = await run(t, 'upgrade', k)
        const rest = entries.splice(k + 1, entries.length - k - 2).map((entry) => entry.slice('rest '.length))
        t.equal(rest.join(''), stream.slice(k + 1).join(''))
        t.strictSame(entries, [...MESSAGES.slice(0, k + 1), 'close'])
      }
    })
  }
}, everywhere)
