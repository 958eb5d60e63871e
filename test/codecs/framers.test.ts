// The framers: what they send is what they find.

import {
  binary,
  cobs,
  delimited,
  fixedLength,
  json,
  lengthPrefixed,
  line,
  netstring,
  slip,
  text,
  varintPrefixed
} from '@shiny/codecs'
import { ByteReader, type Codec, NEED_MORE, rawBuffer } from '@shiny/core/codec'
import t from 'tap'
import { encode, encodeWhatCan } from './support/encode.js'
import { byDecoder } from './support/feed.js'
import { showMessage } from './support/framer-vectors.js'
import { latin1, randomNumbers } from './support/pieces.js'

type Bytes = Codec<Uint8Array, Uint8Array | string>

/** What a peer with the same codec makes of what is sent. */
function received(codec: Bytes, ...messages: (Uint8Array | string)[]): readonly string[] {
  return byDecoder(codec, showMessage)([latin1(encode(codec, ...messages))]).messages
}

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
const limits = { maxLength: 100_000 }
const framers: readonly [name: string, codec: Bytes][] = [
  ['delimited', delimited({ delimiter: '\xff\xfe<end>', ...limits })],
  ['lengthPrefixed', lengthPrefixed(limits)],
  ['lengthPrefixed, 3 bytes, little-endian', lengthPrefixed({ ...limits, bytes: 3, littleEndian: true })],
  ['lengthPrefixed, 8 bytes', lengthPrefixed({ ...limits, bytes: 8 })],
  ['lengthPrefixed, 8 bytes, little-endian', lengthPrefixed({ ...limits, bytes: 8, littleEndian: true })],
  ['lengthPrefixed, between headers', lengthPrefixed({ ...limits, offset: 3, adjust: 2, strip: 9 })],
  ['lengthPrefixed, that includes the prefix', lengthPrefixed({ ...limits, includesPrefix: true, offset: 1 })],
  ['varintPrefixed', varintPrefixed(limits)],
  ['netstring', netstring(limits)],
  ['slip', slip(limits)],
  ['slip, without END in front', slip({ ...limits, leadingEnd: false })],
  ['cobs', cobs(limits)]
]

t.test('what is sent is what a peer receives', async (t) => {
  const random = randomNumbers(1)
  for (const [name, codec] of framers) {
    for (const length of [1, 2, 127, 128, 252, 253, 254, 255, 256, 507, 508, 509, 16_383, 16_384, 70_000]) {
      const zeros = new Uint8Array(length)
      const nines = new Uint8Array(length).fill(0xc0)
      const ones = new Uint8Array(length).fill(1)
      const mixed = Uint8Array.from({ length }, () => random(300) & 0xff)
      const messages = [zeros, nines, ones, mixed]
      t.same(received(codec, ...messages), messages.map(showMessage), `${name}, ${length} bytes`)
    }
    t.same(received(codec, everyByte, 'é'), [showMessage(everyByte), '\xc3\xa9'], name)
  }
  for (const [name, codec] of framers.filter(([name]) => !name.startsWith('slip'))) {
    t.same(received(codec, '', 'a', ''), ['', 'a', ''], `${name}, nothing`)
  }
})

t.test('how frames look on the wire', async (t) => {
  t.equal(encode(delimited({ delimiter: '||' }), 'a', ''), 'a||||')
  t.equal(encode(fixedLength(3), 'abc', 'def'), 'abcdef')
  t.equal(encode(lengthPrefixed(), 'hello'), '\0\0\0\x05hello')
  t.equal(encode(lengthPrefixed({ bytes: 2, littleEndian: true }), 'hello'), '\x05\0hello')
  t.equal(encode(lengthPrefixed({ bytes: 2, includesPrefix: true }), 'hello'), '\0\x07hello')
  t.equal(encode(lengthPrefixed({ bytes: 1, offset: 2 }), 'hello'), '\0\0\x05hello')
  t.equal(encode(lengthPrefixed({ bytes: 1, offset: 2, strip: 0 }), 'T1?hello'), 'T1\x05hello')
  t.equal(encode(lengthPrefixed({ bytes: 1, adjust: 1, strip: 2 }), 'hello'), '\x05\0hello')
  t.equal(encode(lengthPrefixed({ bytes: 8 }), 'a'), '\0\0\0\0\0\0\0\x01a')
  t.equal(encode(lengthPrefixed({ bytes: 3 }), 'x'.repeat(70_000)).slice(0, 3), '\x01\x11\x70')
  t.equal(encode(varintPrefixed(), 'x'.repeat(300)).slice(0, 3), '\xac\x02x')
  t.equal(encode(netstring(), 'hello', '', 'x'.repeat(10)), '5:hello,0:,10:xxxxxxxxxx,')
  t.equal(encode(slip(), 'a\xc0'), '\xc0a\xc3\x80\xc0', 'a string goes out in UTF-8')
  t.equal(encode(slip(), latin1('a\xc0b\xdbc')), '\xc0a\xdb\xdcb\xdb\xddc\xc0')
  t.equal(encode(slip({ leadingEnd: false }), 'a', 'b'), 'a\xc0b\xc0')
  t.equal(encode(cobs(), latin1('\x11\x22\0\x33'), ''), '\x03\x11\x22\x02\x33\0\x01\0')
  t.equal(encode(cobs(), 'x'.repeat(254)), `\xff${'x'.repeat(254)}\0`)
  t.equal(encode(cobs(), 'x'.repeat(255)), `\xff${'x'.repeat(254)}\x02x\0`)
})

t.test('what a peer could not read as it was meant is not sent', async (t) => {
  const invalid = { code: 'ERR_INVALID_MESSAGE', origin: 'encode' }
  const long = 'x'.repeat(100)
  for (const content of ['a;b', ';', `${long};`])
    t.throws(() => encode(delimited({ delimiter: ';' }), content), invalid)
  for (const content of ['a--b', 'a-', `${long}--${long}`]) {
    t.throws(() => encode(delimited({ delimiter: '--' }), content), invalid, 'alone or with the delimiter behind it')
  }
  for (const content of ['', 'ab']) t.throws(() => encode(fixedLength(3), content), invalid)
  t.throws(() => encode(slip(), ''), invalid)
  for (const content of ['a\nb', '\n', 'a\r']) t.throws(() => encode(line().of(text()), content), invalid)
  t.equal(encode(line({ newline: 'crlf' }).of(text()), 'a\r'), 'a\r\r\n')
  t.throws(() => encode(lengthPrefixed({ strip: 0 }), 'abc'), invalid, 'no room for the length')
  t.throws(() => encode(lengthPrefixed({ bytes: 1, strip: 0, adjust: 3 }), 'abc'), invalid, 'a negative length')
  t.equal(encodeWhatCan(delimited({ delimiter: ';' }), 'a', 'b;c', 'd'), 'a;d;', 'nothing of it stays')
  t.equal(encodeWhatCan(slip(), 'a', '', 'd'), '\xc0a\xc0\xc0d\xc0')
})

t.test('what is too long is not sent', async (t) => {
  const tooLong = { code: 'ERR_FRAME_TOO_LONG', origin: 'encode' }
  const limit = { maxLength: 5 }
  const all: Bytes[] = [
    delimited({ delimiter: ';', ...limit }),
    fixedLength(5),
    lengthPrefixed(limit),
    varintPrefixed(limit),
    netstring(limit),
    slip(limit),
    cobs(limit)
  ]
  for (const codec of all) t.throws(() => encode(codec, '123456'), tooLong, codec.name)
  for (const codec of all) t.doesNotThrow(() => encode(codec, '12345'), codec.name)
  t.throws(() => encode(line(limit).of(text()), '123456'), tooLong)
  t.throws(() => encode(lengthPrefixed().of(text({ maxLength: 2 })), 'abc'), tooLong)
  t.throws(() => encode(lengthPrefixed({ bytes: 1 }), 'x'.repeat(256)), tooLong, 'more than the length can tell')
})

t.test('several frames in one message, each in its place', async (t) => {
  for (const framed of [
    lengthPrefixed(),
    varintPrefixed(),
    netstring(),
    slip(),
    cobs(),
    delimited({ delimiter: ';' })
  ]) {
    const twice = framed.of(text()).pipe<string, string>({
      name: 'twice',
      decoder: () => ({ decode: (next) => next() }),
      encoder: () => ({
        encode: (message, emit) => {
          emit(message)
          emit(`${message}!`)
        }
      })
    })
    t.same(
      byDecoder(twice, showMessage)([latin1(encode(twice, 'a', 'b'))]).messages,
      ['a', 'a!', 'b', 'b!'],
      twice.name
    )
  }
})

t.test('bytes may be borrowed, and are a copy otherwise', async (t) => {
  const memory = rawBuffer(6)
  memory.latin1Write('\0\x02ab', 0)
  const read = (borrow: boolean) => {
    const reader = new ByteReader()
    reader.reset(memory, 0, 4)
    return lengthPrefixed({ bytes: 2 }).of(binary({ borrow })).decoder().decode(reader) as Uint8Array
  }
  t.equal(read(true).buffer, memory.buffer)
  t.not(read(false).buffer, memory.buffer)
})

t.test('what only a format bounds', async (t) => {
  t.strictSame(byDecoder(lengthPrefixed().of(json()), showMessage)([latin1('\0\0\0\x0a{"a":[1]} ')]).messages, [
    '{"a":[1]}'
  ])
})

/** Feeds a long frame in drips; quadratic work would run into the runner's limit of time. */
function drip(codec: Bytes, bytes: Uint8Array, step: number): number {
  const memory = rawBuffer(bytes.length)
  memory.set(bytes)
  const decoder = codec.decoder()
  const reader = new ByteReader()
  let state = { scanned: 0, scannedFor: -1, needed: 0 }
  for (let end = step; ; end += step) {
    const there = Math.min(end, bytes.length)
    if (there < state.needed) continue
    reader.reset(memory, 0, there, state.scanned, state.scannedFor)
    const message = decoder.decode(reader)
    if (message !== NEED_MORE) return (message as Uint8Array).length
    if (there === bytes.length) return -1
    state = reader.suspend()
  }
}

t.test('a long frame in drips is looked through once', async (t) => {
  const size = 4 * 1024 * 1024
  const maxLength = size
  const content = new Uint8Array(size).fill(0x2d)
  const all: Bytes[] = [
    fixedLength(size),
    lengthPrefixed({ maxLength }),
    varintPrefixed({ maxLength }),
    netstring({ maxLength }),
    slip({ maxLength, leadingEnd: false }),
    cobs({ maxLength }),
    delimited({ delimiter: '+-+', maxLength })
  ]
  for (const codec of all) t.equal(drip(codec, latin1(encode(codec, content)), 16), size, codec.name)
})
