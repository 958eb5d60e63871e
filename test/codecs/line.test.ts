// line(): what is a line, and what may be sent as one.

import { type LineOptions, line } from '@shiny/codecs'
import { ByteReader, NEED_MORE, rawBuffer } from '@shiny/core/codec'
import t from 'tap'
import { encode, encodeWhatCan } from './support/encode.js'
import { byDecoder } from './support/feed.js'
import { latin1 } from './support/pieces.js'

t.test('the default limit', async (t) => {
  const feed = byDecoder(line(), (text) => String(text.length))
  t.strictSame(feed([latin1(`${'x'.repeat(65_536)}\r\n`)]).messages, ['65536'])
  t.equal(feed([latin1('x'.repeat(65_537))]).refused?.code, 'ERR_FRAME_TOO_LONG')
})

// Quadratic work would run into the runner's limit of time.
t.test('a long line in drips is searched once', async (t) => {
  const size = 4 * 1024 * 1024
  for (const newline of ['any', 'crlf'] as const) {
    const memory = rawBuffer(size + 2)
    memory.fill(newline === 'crlf' ? '\n' : 'x')
    memory.latin1Write('\r\n', size)
    const decoder = line({ newline, maxLength: size }).decoder()
    const reader = new ByteReader()
    let state = { scanned: 0, scannedFor: -1 }
    let text: string | undefined
    for (let end = 64; text === undefined; end += 64) {
      reader.reset(memory, 0, Math.min(end, memory.length), state.scanned, state.scannedFor)
      const message = decoder.decode(reader)
      if (message !== NEED_MORE) text = message
      state = reader.suspend()
    }
    t.equal(text.length, size, newline)
  }
})

t.test('lines are sent with their ending', async (t) => {
  t.equal(encode(line(), 'hello', ''), 'hello\n\n')
  t.equal(encode(line({ newline: 'lf' }), 'x'), 'x\n')
  t.equal(encode(line({ newline: 'crlf' }), 'x'), 'x\r\n')
  t.equal(encode(line({ ending: '\r\n' }), 'x'), 'x\r\n')
  t.equal(encode(line({ newline: 'crlf', ending: '\n' }), 'x'), 'x\n')
  t.equal(encode(line(), 'é'), '\xc3\xa9\n')
  t.equal(encode(line({ encoding: 'latin1' }), 'é\xff'), '\xe9\xff\n')
  t.equal(encode(line(), 'x'.repeat(1000)), `${'x'.repeat(1000)}\n`)
})

t.test('no line can forge another', async (t) => {
  const invalid = { code: 'ERR_INVALID_MESSAGE', origin: 'encode' }
  const long = 'x'.repeat(100)
  for (const text of ['a\nb', '\n', `${long}\n`]) {
    for (const newline of ['any', 'crlf', 'lf'] as const) {
      t.throws(() => encode(line({ newline }), text), invalid, JSON.stringify(text))
    }
  }
  t.throws(() => encode(line({ encoding: 'latin1' }), '\u010a'), invalid, 'whose low byte is LF')
  t.throws(() => encode(line({ encoding: 'latin1' }), `${long}\u0100`), invalid)
  t.equal(encodeWhatCan(line(), 'a', 'b\nc', 'd'), 'a\nd\n', 'nothing of a refused line is sent')
})

/** What a peer with the same options makes of `text`. */
function received(options: LineOptions, text: string): readonly string[] {
  return byDecoder(line(options), (message) => message)([latin1(encode(line(options), text))]).messages
}

t.test('a carriage return arrives as it was sent, or is refused', async (t) => {
  const long = 'x'.repeat(100)
  const ways = [{}, { newline: 'lf' }, { newline: 'crlf' }, { ending: '\r\n' }] as const
  for (const text of ['a\rb', '\r\ra', `${long}\r${long}`]) {
    for (const way of ways) t.strictSame(received(way, text), [text])
  }
  for (const text of ['a\r', '\r', `${long}\r`]) {
    t.throws(() => encode(line(), text), { code: 'ERR_INVALID_MESSAGE' }, 'the peer would drop it')
    for (const way of ways.slice(1)) t.strictSame(received(way, text), [text])
  }
})

t.test('only strings are lines', async (t) => {
  for (const message of [1, null, undefined, {}, Buffer.from('x'), ['x']]) {
    t.throws(() => encode(line(), message as never), { code: 'ERR_MESSAGE_TYPE', origin: 'encode' })
  }
})
