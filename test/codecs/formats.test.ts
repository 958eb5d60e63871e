// The formats: text, binary, JSON and MessagePack, in frames and in datagrams.

import { binary, json, lengthPrefixed, line, text } from '@shiny/codecs'
import { msgpack } from '@shiny/codecs/msgpack'
import { ByteReader, ByteWriter, type Format, rawBuffer } from '@shiny/core/codec'
import t from 'tap'
import * as z from 'zod'
import { encode } from './support/encode.js'
import { byDecoder } from './support/feed.js'
import { everySplit, latin1 } from './support/pieces.js'

/** What a format makes of content given as characters U+0000 to U+00FF. */
function read<In>(format: Format<In, never>, content: string): In {
  const memory = rawBuffer(content.length + 2)
  memory.latin1Write(content, 1)
  const reader = new ByteReader()
  reader.reset(memory, 1, content.length + 1)
  return format.decode(reader)
}

/** What a format writes, in the same way. */
function written<Out>(format: Format<unknown, Out>, message: NoInfer<Out>): string {
  const writer = new ByteWriter(1)
  writer.begin()
  format.encode(message, writer)
  return Buffer.from(writer.toBytes()).toString('latin1')
}

const show = (message: unknown) => JSON.stringify(message)
const point = z.object({ at: z.object({ x: z.number() }) })

t.test('text in both encodings', async (t) => {
  t.equal(read(text(), '\xc3\xa9\xff'), 'é\ufffd')
  t.equal(read(text({ encoding: 'latin1' }), '\xe9\xff'), 'é\xff')
  t.equal(written(text(), 'é'), '\xc3\xa9')
  t.equal(written(text({ encoding: 'latin1' }), 'é'), '\xe9')
  t.throws(() => written(text({ encoding: 'latin1' }), 'x\u0100'), { code: 'ERR_INVALID_MESSAGE', origin: 'encode' })
  for (const message of [1, null, undefined, {}, Buffer.from('x')]) {
    for (const format of [text(), text({ encoding: 'latin1' })])
      t.throws(() => written(format, message as never), { code: 'ERR_MESSAGE_TYPE', origin: 'encode' })
  }
})

t.test('binary', async (t) => {
  t.strictSame(read(binary(), '\0\xff'), Uint8Array.of(0, 255))
  t.equal(written(binary(), Uint8Array.of(0, 255)), '\0\xff')
  t.equal(written(binary(), 'é'), '\xc3\xa9')
  for (const message of [1, null, undefined, {}, [1]]) {
    t.throws(() => written(binary(), message as never), { code: 'ERR_MESSAGE_TYPE', origin: 'encode' })
  }
})

t.test('JSON comes and goes', async (t) => {
  const values = [{ a: [1, 'é', null, true] }, 'text', 0, false, null, []]
  for (const value of values) t.strictSame(read(json(), written(json(), value)), value)
  t.strictSame(read(json(), ' {"a" : 1}\r'), { a: 1 })
  t.equal(written(json(), { a: 1, b: undefined }), '{"a":1}')
})

t.test('what JSON cannot tell is not sent', async (t) => {
  const circle: { own?: object } = {}
  circle.own = circle
  for (const message of [undefined, () => 1, Symbol('x')])
    t.throws(() => written(json(), message), { code: 'ERR_MESSAGE_TYPE', origin: 'encode' })
  for (const message of [circle, 1n, { n: 1n }])
    t.throws(() => written(json(), message), { code: 'ERR_INVALID_MESSAGE', origin: 'encode' })
})

t.test('bad JSON costs its frame alone, in every split', async (t) => {
  for (const bad of ['', '{', '{"a":}', 'undefined', '[1,]', "{'a':1}", '\xef\xbb\xbf{}', '{} {}', 'NaN']) {
    const frames = [`[1]`, bad, `[2]`].map((content) => String.fromCharCode(content.length) + content).join('')
    const codec = lengthPrefixed({ bytes: 1 }).of(json())
    for (const pieces of everySplit(latin1(frames))) {
      const { messages } = byDecoder(codec, show, 'continue')(pieces)
      t.match(messages, ['[1]', /^refused ERR_INVALID_MESSAGE: ./, '[2]'], JSON.stringify(bad))
    }
  }
})

t.test('a schema names the path of what is wrong', async (t) => {
  const codec = json.lines(point)
  const feed = byDecoder(codec, show, 'continue')
  const { messages } = feed([latin1('{"at":{"x":1,"y":2}}\n{"at":{"x":"1"}}\n{}\n{"at":{"x":2}}\r\n')])
  t.match(messages, [
    '{"at":{"x":1}}',
    /^refused ERR_INVALID_MESSAGE: at\.x: /,
    /^refused ERR_INVALID_MESSAGE: at: /,
    '{"at":{"x":2}}'
  ])
  t.equal(encode(codec, { any: ['thing'] }), '{"any":["thing"]}\n')
})

t.test('lines of JSON are lines', async (t) => {
  t.strictSame(json.lines().native?.plan, line().native?.plan)
  t.strictSame(json.lines(undefined, { maxLength: 10 }).native?.plan, line({ maxLength: 10 }).native?.plan)
  t.equal(encode(json.lines(), 'a\nb\r'), '"a\\nb\\r"\n', 'no message has a line feed')
  t.match(byDecoder(json.lines(point, { maxLength: 10 }), show)([latin1('x'.repeat(20))]).refused, {
    code: 'ERR_FRAME_TOO_LONG'
  })
})

t.test('deep JSON is a message or a refusal, and never a crash', async (t) => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const codec = lengthPrefixed().of(json(z.array(z.unknown())))
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(deep)])
  bytes.writeUInt32BE(deep.length, 0)
  const { messages } = byDecoder(codec, () => 'a message', 'continue')([bytes])
  t.equal(messages.length, 1)
})

t.test('a name that would change a prototype is a name', async (t) => {
  const value = read(json(), '{"__proto__":{"admin":true}}') as { admin?: boolean }
  t.equal(value.admin, undefined)
  t.throws(() => read(msgpack(), '\x81\xa9__proto__\x81\xa5admin\xc3'))
})

t.test('MessagePack comes and goes', async (t) => {
  const values = [
    ...[null, true, false, 0, 127, 128, 255, 65_535, 65_536, 2 ** 32, -1, -32, -33, -129, -32_769, -(2 ** 31) - 1, 1.5],
    ...['', 'é', 'x'.repeat(32), 'x'.repeat(256), 'x'.repeat(70_000)],
    ...[[], [1, [2, [3]]], Array.from({ length: 20 }, (_, i) => i), Array.from({ length: 70_000 }, () => 1)],
    ...[{}, { a: { b: [] } }, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]))],
    ...[new Date(1_700_000_000_123), new Date(0)]
  ]
  for (const value of values) t.strictSame(read(msgpack(), written(msgpack(), value)), value)
  for (const length of [0, 255, 256, 65_536]) {
    const bytes = new Uint8Array(length).fill(7)
    t.strictSame(new Uint8Array(read(msgpack(), written(msgpack(), bytes)) as Uint8Array), bytes)
  }
  t.equal(written(msgpack(), { id: 1 }), '\x81\xa2id\x01')
  const big = msgpack(undefined, { bigint: true })
  t.equal(read(big, written(big, 2n ** 60n)), 2n ** 60n)
})

t.test('bytes of MessagePack are the handler’s own', async (t) => {
  const memory = rawBuffer(4)
  memory.latin1Write('\xc4\x02ab', 0)
  const reader = new ByteReader()
  reader.reset(memory, 0, 4)
  const bytes = msgpack().decode(reader) as Uint8Array
  memory.fill(0)
  t.equal(Buffer.from(bytes).toString(), 'ab')
})

t.test('what is no MessagePack costs its frame alone', async (t) => {
  const bad = [
    ...[
      '',
      '\xc1',
      '\x91',
      '\x92\x01',
      '\x81\xa1a',
      '\xa5ab',
      '\xc4',
      '\xc4\x05ab',
      '\xd9',
      '\xda\0',
      '\xcb\0\0',
      '\xcd\0'
    ],
    ...[
      '\xc7\x02\x01a',
      '\xd8\x01',
      '\xd4',
      '\x01\x02',
      '\x90\x90',
      '\xdc\0',
      '\xdd\0\0\0',
      '\xdf\0\0\0\x01',
      '\xdb\xff\xff\xff\xff'
    ]
  ]
  for (const content of bad) {
    const frames = ['\x01', content, '\x02'].map((one) => String.fromCharCode(one.length) + one).join('')
    const { messages } = byDecoder(lengthPrefixed({ bytes: 1 }).of(msgpack()), show, 'continue')([latin1(frames)])
    t.match(messages, ['1', /^refused ERR_INVALID_MESSAGE: no MessagePack: ./, '2'], JSON.stringify(content))
  }
})

t.test('no count is believed that the bytes cannot fill', async (t) => {
  const before = process.memoryUsage()
  const bombs = ['\xdd\xff\xff\xff\xff', '\xdf\xff\xff\xff\xff', '\xdd\x01\xff\xff\xff'.repeat(10_000)]
  for (const bomb of bombs) t.throws(() => read(msgpack(), bomb), { code: 'ERR_INVALID_MESSAGE', recoverable: true })
  const after = process.memoryUsage()
  t.ok(after.heapUsed - before.heapUsed < 64 * 1024 * 1024)
})

t.test('nor more depth than is allowed', async (t) => {
  const nested = (depth: number) => `${'\x91'.repeat(depth)}\xc0`
  t.doesNotThrow(() => read(msgpack(), nested(100)))
  t.throws(() => read(msgpack(), nested(101)), { code: 'ERR_TOO_MANY_ELEMENTS', recoverable: true })
  t.throws(() => read(msgpack(undefined, { maxDepth: 2 }), nested(3)), { code: 'ERR_TOO_MANY_ELEMENTS' })
  t.doesNotThrow(() => read(msgpack(undefined, { maxDepth: 2 }), '\x93\x91\x01\x91\x02\x82\xa1a\x01\xa1b\x02'))
  t.doesNotThrow(() => read(msgpack(undefined, { maxDepth: 1 }), '\x92\x90\x80'), 'an empty one is no depth')
})

t.test('what may be received with a depth may be sent, and no more', async (t) => {
  const codec = msgpack(undefined, { maxDepth: 2 })
  for (const message of [[[1]], { a: { b: 'c' } }, [[], [[]]], [{ a: 1 }]])
    t.strictSame(read(codec, written(codec, message)), message)
  for (const message of [[[[1]]], [{ a: [1] }]])
    t.throws(() => written(codec, message), { code: 'ERR_INVALID_MESSAGE', origin: 'encode' })
})

t.test('what MessagePack cannot tell is not sent', async (t) => {
  for (const message of [() => 1, Symbol('x'), 1n])
    t.throws(() => written(msgpack(), message), { code: 'ERR_INVALID_MESSAGE', origin: 'encode' })
  t.equal(written(msgpack(), 1), '\x01', 'and the encoder goes on')
})

t.test('MessagePack with a schema', async (t) => {
  t.strictSame(read(msgpack(point), written(msgpack(), { at: { x: 1 }, more: 2 })), { at: { x: 1 } })
  t.throws(() => read(msgpack(point), written(msgpack(), { at: { x: '1' } })), {
    code: 'ERR_INVALID_MESSAGE',
    message: /^at\.x: /,
    recoverable: true
  })
})
