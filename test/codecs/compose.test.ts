// Composition: what map, validated, pipe, of, then and either make of codecs.

import { line } from '@shiny/codecs'
import {
  type ByteReader,
  type Codec,
  compose,
  DecodeError,
  either,
  type Format,
  type FrameBounds,
  framer,
  NEED_MORE,
  preamble,
  type Stage
} from '@shiny/core/codec'
import { framer as nativeFramer } from '@shiny/native'
import t from 'tap'
import * as z from 'zod'
import { encode } from './support/encode.js'
import { byDecoder, byPlan } from './support/feed.js'
import { latin1, everySplit as splitsOf } from './support/pieces.js'

const show = (message: unknown) => JSON.stringify(message)

/** The text whole, and in every split. */
function everySplit(text: string): Uint8Array[][] {
  return [[latin1(text)], ...splitsOf(latin1(text))]
}

/** Records of 2 digits of length and that many bytes. */
const digits = framer(
  {
    name: 'digits',
    maxLength: 99,
    maxBuffered: 200,
    cutter: () => ({
      cut(src: ByteReader, bounds: FrameBounds): boolean {
        if (src.length < 2) return src.need(2) !== NEED_MORE
        const length = (src.u8(0) - 48) * 10 + src.u8(1) - 48
        if (!(length >= 0 && length <= 99)) throw new DecodeError('ERR_MALFORMED', 'no length')
        if (src.length < 2 + length) return src.need(2 + length) !== NEED_MORE
        bounds.start = 2
        bounds.end = bounds.total = 2 + length
        return true
      }
    }),
    wrapper: {
      open: (dst) => void dst.reserve(2),
      close: (dst, frame, content) => {
        const length = dst.length - content
        dst.patchU8(frame, 48 + Math.floor(length / 10))
        dst.patchU8(frame + 1, 48 + (length % 10))
      }
    }
  },
  line()
)

const text: Format<string> = {
  name: 'text',
  maxLength: 20,
  decode: (src) => {
    const value = src.takeUtf8(src.length)
    if (value.startsWith('!')) throw new Error('no exclamations')
    return value
  },
  encode: (message, dst) => dst.utf8(message)
}

t.test('map converts both ways, in every split', async (t) => {
  const numbers = line().map({ in: (message) => Number(message), out: (number: number) => number.toFixed(1) })
  for (const pieces of everySplit('1\n22\n-3\n'))
    t.strictSame(byDecoder(numbers, show)(pieces).messages, ['1', '22', '-3'])
  t.equal(encode(numbers, 1.25), '1.3\n')
})

t.test('map keeps the native plan, and both ways agree', async (t) => {
  const numbers = line().map({
    in: (message) => ({ number: Number(message) }),
    out: (m: { number: number }) => String(m.number)
  })
  t.strictSame(numbers.native?.plan, line().native?.plan)
  for (const pieces of everySplit('1\n22\n')) {
    t.strictSame(byPlan(numbers, nativeFramer, show)(pieces).messages, byDecoder(numbers, show)(pieces).messages)
  }
})

t.test('a throw in map refuses that message alone', async (t) => {
  const strict = line().map({
    in: (message) => {
      if (message === 'bad') throw new TypeError('not that one')
      return message
    },
    out: (message: string) => message
  })
  const feed = byDecoder(strict, show)([latin1('good\nbad\nnext\n')])
  t.strictSame(feed.messages, ['"good"'])
  t.match(feed.refused, { code: 'ERR_INVALID_MESSAGE', text: 'not that one' })
})

t.test('validated names the path of what is wrong', async (t) => {
  const points = line()
    .map({ in: (message) => JSON.parse(message) as unknown, out: (value: unknown) => JSON.stringify(value) })
    .validated(z.object({ at: z.object({ x: z.number() }) }))
  t.strictSame(byDecoder(points, show)([latin1('{"at":{"x":1}}\n')]).messages, ['{"at":{"x":1}}'])
  const { refused } = byDecoder(points, show)([latin1('{"at":{"x":"1"}}\n')])
  t.match(refused, { code: 'ERR_INVALID_MESSAGE', text: /^at\.x: / })
  t.match(byDecoder(points, show)([latin1('{\n')]).refused, { code: 'ERR_INVALID_MESSAGE' })
})

t.test('a schema that answers later is refused', async (t) => {
  const late = line().validated(z.string().refine(async () => true))
  t.match(byDecoder(late, show)([latin1('x\n')]).refused, { code: 'ERR_INVALID_MESSAGE', text: /synchronously/ })
})

t.test('a stage may join messages, and part them again', async (t) => {
  const pairs: Stage<string, string, [string, string], [string, string]> = {
    name: 'pairs',
    decoder: () => {
      let first: string | null = null
      return {
        decode: (next) => {
          for (;;) {
            const message = next()
            if (message === NEED_MORE) return NEED_MORE
            if (first === null) {
              first = message as string
              continue
            }
            const pair: [string, string] = [first, message as string]
            first = null
            return pair
          }
        }
      }
    },
    encoder: () => ({
      encode: ([a, b], emit) => {
        emit(a)
        emit(b)
      }
    })
  }
  const codec = line().pipe(pairs)
  t.equal(codec.name, 'line | pairs')
  for (const pieces of everySplit('a\nb\nc\nd\n'))
    t.strictSame(byDecoder(codec, show)(pieces).messages, ['["a","b"]', '["c","d"]'])
  t.equal(encode(codec, ['x', 'y']), 'x\ny\n')
})

t.test('a framer of a format, in every split', async (t) => {
  const codec = digits.of(text)
  t.equal(codec.name, 'digits of text')
  for (const pieces of everySplit('05hello00031 2')) {
    t.strictSame(byDecoder(codec, show)(pieces).messages, ['"hello"', '""', '"1 2"'])
  }
  t.equal(encode(codec, 'hello', ''), '05hello00')
})

t.test('what a format refuses costs its frame alone', async (t) => {
  const codec = digits.of(text)
  const { messages, refused } = byDecoder(codec, show)([latin1('02ok03!no02on')])
  t.strictSame(messages, ['"ok"'])
  t.match(refused, { code: 'ERR_INVALID_MESSAGE', text: 'no exclamations', offset: 9 })
  t.match(byDecoder(codec, show)([latin1(`21${'x'.repeat(21)}`)]).refused, { code: 'ERR_FRAME_TOO_LONG', offset: 23 })
  t.match(byDecoder(codec, show)([latin1('xx')]).refused, { code: 'ERR_MALFORMED' })
  t.throws(() => encode(codec, 'x'.repeat(21)), { code: 'ERR_FRAME_TOO_LONG', origin: 'encode' })
})

t.test('a preamble comes first, once', async (t) => {
  const magic = preamble({
    name: 'magic',
    maxLength: 4,
    decode: (src) => {
      if (src.length < 4) return src.need(4)
      if (src.takeLatin1(3) !== 'SHY') throw new DecodeError('ERR_MALFORMED', 'not our protocol')
      const version = src.u8(0) - 48
      src.skip(1)
      return version
    },
    encode: (dst) => dst.latin1('SHY1')
  })
  const told = magic.then(line(), (version) => `version ${version}`)
  for (const pieces of everySplit('SHY2one\ntwo\n'))
    t.strictSame(byDecoder(told, show)(pieces).messages, ['"version 2"', '"one"', '"two"'])
  t.strictSame(byDecoder(magic.then(line()), show)([latin1('SHY2one\n')]).messages, ['"one"'])
  t.match(byDecoder(told, show)([latin1('GET / HTTP/1.1\r\n')]).refused, { code: 'ERR_MALFORMED' })
  t.equal(encode(told, 'a', 'b'), 'SHY1a\nb\n')
})

t.test('either names the codec that a peer speaks', async (t) => {
  const both = either((src) => (src.u8(0) === 0x7b ? 'json' : 'text'), {
    text: line(),
    json: line().map({
      in: (message) => JSON.parse(message) as { id: number },
      out: (v: { id: number }) => JSON.stringify(v)
    })
  })
  for (const pieces of everySplit('{"id":1}\n{"id":2}\n')) {
    t.strictSame(byDecoder(both, show)(pieces).messages, [
      '{"codec":"json","message":{"id":1}}',
      '{"codec":"json","message":{"id":2}}'
    ])
  }
  t.strictSame(byDecoder(both, show)([latin1('hello\n')]).messages, ['{"codec":"text","message":"hello"}'])
  t.equal(encode(both, { codec: 'text', message: 'a' }, { codec: 'json', message: { id: 3 } }), 'a\n{"id":3}\n')
})

t.test('a codec of one’s own gets the same methods', async (t) => {
  const own: Codec<number> = {
    name: 'byte',
    maxBuffered: 1,
    decoder: () => ({
      decode: (src) => {
        if (src.length === 0) return NEED_MORE
        const value = src.u8(0)
        src.skip(1)
        return value
      }
    }),
    encoder: () => ({ encode: (value, dst) => dst.u8(value) })
  }
  const letters = compose(own).map({ in: (n) => String.fromCharCode(n), out: (letter: string) => letter.charCodeAt(0) })
  t.strictSame(byDecoder(letters, show)([latin1('ab')]).messages, ['"a"', '"b"'])
  t.equal(encode(letters, 'z'), 'z')
})
