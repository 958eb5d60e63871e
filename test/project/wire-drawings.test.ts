// Goal: the drawings of bytes in the documents, and in the comments of codecs, are true.
// Method: give the bytes of each to the codec that it names, in every split, whole and behind each other, and compare what comes of them.

import * as codecs from '@shiny/codecs'
import { msgpack } from '@shiny/codecs/msgpack'
import { ByteWriter, type Codec, preamble } from '@shiny/core/codec'
import { type CodecVectors, Refusal, type VerifyOptions, verifyCodec } from '@shiny/core/testing'
import { framer } from '@shiny/native'
import t from 'tap'
import * as z from 'zod'
import { nativeUnavailable } from '../codecs/support/native.js'
import { documents } from './support/markdown.js'
import { filesIn } from './support/repository.js'
import { type Drawing, drawing, drawingsOf, type Step } from './support/wire.js'

/** What the expressions of the drawings may name. */
const scope: Readonly<Record<string, unknown>> = { ...codecs, msgpack, preamble, z }
const drawings = [...documents(), ...filesIn('packages/codecs/src', '.ts')].flatMap(drawingsOf)

for (const one of drawings) {
  t.test(`${one.place}: ${one.codec.replaceAll(/\s+/g, ' ')}`, async (t) => {
    t.doesNotThrow(() => check(one))
  })
}

t.test('each framer and codec is drawn', async (t) => {
  const drawn = new Set(drawings.map(({ codec }) => /^\w+/.exec(codec)?.[0]))
  for (const name of [
    'line',
    'delimited',
    'fixedLength',
    'lengthPrefixed',
    'varintPrefixed',
    'netstring',
    'slip',
    'cobs'
  ])
    t.ok(drawn.has(name), name)
  for (const name of ['bytes', 'json', 'resp', 'respClient', 'proxyProtocol', 'webSocket']) t.ok(drawn.has(name), name)
})

const right = `
lengthPrefixed({ bytes: 1 })
┌────┬───────┐
│ 02 │ h i   │  ⇄ "hi"
├────┼───────┤
│ 01 │ FF    │  ⇄ FF
├────┼───────┤
│ 03 │ h i   │  … one byte is missing
└────┴───────┘
  the length, and what it counts
`

t.test('a drawing that is right is taken', async (t) => {
  t.doesNotThrow(() => check(read(right)))
})

t.test('a drawing that is wrong is not', async (t) => {
  const wrong: [string, string | RegExp, string, RegExp][] = [
    ['another message', '⇄ "hi"', '⇄ "ho"', /vector|encode/],
    ['other bytes', '│ 01 │ FF    │', '│ 01 │ FE    │', /vector/],
    ['a length that reaches into the next row', '│ 02 │ h i   │', '│ 03 │ h i   │', /vector|encode/],
    ['one that does not reach its end', '│ 02 │ h i   │', '│ 01 │ h i   │', /vector/],
    ['what is whole, and is said not to be', '│ 03 │ h i   │', '│ 02 │ h i   │', /vector/],
    ['an error that does not come', '… one', '✗ ERR_FRAME_TOO_LONG, one', /vector/],
    ['other options', '{ bytes: 1 }', '{ bytes: 2 }', /vector|encode/],
    ['a codec that is none', 'lengthPrefixed', 'lengthPrefixd', /lengthPrefixd/],
    ['a box that is not closed', '├────┼───────┤', '├────────────┤', /nothing stands/],
    ['no word on what becomes of the bytes', '  … one byte is missing', '', /what becomes/],
    ['a sign without its promise', '… one', '✗', /cannot read/],
    ['a promise outside the box', 'the length, and', '→ "x" and', /beside them/]
  ]
  for (const [name, from, to, told] of wrong) t.throws(() => check(read(right.replace(from, to))), told, name)
})

t.test('what a drawing says of encoding alone, of errors and of the end is checked too', async (t) => {
  const box = (codec: string, cell: string, note: string) => {
    const edge = '─'.repeat(cell.length + 2)
    return `${codec}\n┌${edge}┐\n│ ${cell} │  ${note}\n└${edge}┘`
  }
  const cases: [codec: string, cell: string, right: string, wrong: string][] = [
    ['resp()', '+OK \\r \\n', '← resp.ok', '← resp.pong'],
    ['netstring()', '0 5 :', '✗ ERR_MALFORMED', '✗ ERR_FRAME_TOO_LONG'],
    ['line().of(json())', '{ \\n', '✗ ERR_INVALID_MESSAGE alone', '✗ ERR_MALFORMED alone'],
    ["line({ trailing: 'emit' })", 'b y', '■ → "by"', '■ → "b"'],
    ['line()', 'b y', '■ ✗ ERR_TRUNCATED', '■'],
    ['varintPrefixed()', 'AC 02 x ×300', '⇄ "x".repeat(300)', '⇄ "x".repeat(299)'],
    ['respClient()', '-ERR \\r \\n', '→ new RespFailure("ERR")', '→ new RespFailure("NO")'],
    ['resp()', '"PING a" \\n', '→ ["PING", "a"]', '→ ["PING"]'],
    ['line()', '', '← "a\\nb" ✗ ERR_INVALID_MESSAGE', '← "ab" ✗ ERR_INVALID_MESSAGE'],
    ['line()', '', '← 1 ✗ ERR_MESSAGE_TYPE', '← 1 ✗ ERR_INVALID_MESSAGE']
  ]
  for (const [codec, cell, right, wrong] of cases) {
    t.doesNotThrow(() => check(read(box(codec, cell, right))), `${codec} ${right}`)
    t.throws(() => check(read(box(codec, cell, wrong))), `${codec} ${wrong}`)
  }
})

function read(code: string): Drawing {
  return drawing({ file: 'a drawing', line: 1, code: code.trim() })
}

/** Throws unless the codec does what the drawing says: with all of its rows, and with as many of the first as there are whole. */
function check({ codec, steps }: Drawing): void {
  const made = evaluated(codec) as Codec<unknown, unknown>
  const received = steps.filter(({ mark }) => !mark.startsWith('←'))
  const options: VerifyOptions<unknown, unknown> = {
    show: shown,
    rounds: 2,
    // What begins once for each connection cannot stand behind another.
    joinable: !codec.startsWith('proxyProtocol('),
    ...(made.name === 'bytes' && { merge: (pieces: readonly unknown[]) => pieces.join('') }),
    ...(nativeUnavailable() === false && { framer })
  }
  verifyCodec(made, vectorsOf(received, steps), options)
  for (const { promise, refusal } of steps.filter(({ mark }) => mark === '← ✗')) {
    const code = refusalOf(made, sent(promise))
    if (code !== refusal) throw new Error(`${promise} cannot be sent because of ${code}, not ${refusal}`)
  }
}

/** The code of the error for what cannot be sent. */
function refusalOf(codec: Codec<unknown, unknown>, message: unknown): string | undefined {
  try {
    codec.encoder().encode(message, new ByteWriter())
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

function vectorsOf(received: readonly Step[], steps: readonly Step[]): CodecVectors<unknown, unknown> {
  const whole = received.filter(({ mark }) => mark === '→' || mark === '⇄' || mark === '✗ alone')
  const messages = whole.map(expected)
  const last = received.at(-1)
  const all = last === undefined || whole.includes(last) ? undefined : { ...last, bytes: joined(received) }
  return {
    valid: whole.map((_, index) => ({
      name: `the first ${index + 1}`,
      bytes: joined(whole.slice(0, index + 1)),
      messages: messages.slice(0, index + 1)
    })),
    ...(all?.mark === '✗' && {
      invalid: [{ bytes: all.bytes, before: messages, code: all.promise, offset: all.at }]
    }),
    ...(all !== undefined && all.mark !== '✗' && { eof: [endOf(all, messages)] }),
    sends: steps
      .filter(({ mark }) => mark === '←' || mark === '⇄')
      .map(({ bytes, promise }) => ({ message: sent(promise), bytes })),
    unsendable: steps.filter(({ mark }) => mark === '← ✗').map(({ promise }) => sent(promise))
  }
}

function endOf({ mark, promise, bytes, at }: Step, messages: unknown[]) {
  if (mark === '■ →') return { bytes, messages: [...messages, shown(sent(promise))] }
  return { bytes, messages, ...(mark !== '■' && { code: promise, offset: at }) }
}

function expected({ mark, promise, at }: Step): unknown {
  return mark === '✗ alone' ? new Refusal(promise, undefined, at) : shown(sent(promise))
}

/** A message as it stands in a drawing: bytes in hexadecimal, or an expression. */
function sent(promise: string): unknown {
  const isHex = /^[0-9A-F]{2}(?: [0-9A-F]{2})*$/.test(promise)
  return isHex ? Uint8Array.from(Buffer.from(promise.replaceAll(' ', ''), 'hex')) : evaluated(promise)
}

/** A message as it is compared: bytes and text are the same, and a request of RESP is its arguments. */
function shown(message: unknown): unknown {
  if (message instanceof Uint8Array) return Buffer.from(message).toString('latin1')
  if (typeof message === 'string') return Buffer.from(message).toString('latin1')
  const isRequest = typeof (message as codecs.RespCommand | null)?.take === 'function'
  return isRequest ? (message as codecs.RespCommand).take().map((one) => Buffer.from(one).toString()) : message
}

function joined(steps: readonly Step[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(steps.map(({ bytes }) => bytes)))
}

function evaluated(code: string): unknown {
  return new Function(...Object.keys(scope), `"use strict"; return (${code})`)(...Object.values(scope))
}
