// bytes(): a message is what one read brought.

import { bytes } from '@shiny/codecs'
import { ByteReader, type FrameCursor, NEED_MORE, rawBuffer } from '@shiny/core/codec'
import t from 'tap'
import { encode } from './support/encode.js'
import { byDecoder } from './support/feed.js'
import { latin1 } from './support/pieces.js'

const show = (message: Uint8Array) => Buffer.from(message).toString('latin1')

t.test('each piece is a message', async (t) => {
  const feed = byDecoder(bytes(), show)
  t.strictSame(feed([latin1('ab'), latin1(''), latin1('c\n')]), {
    messages: ['ab', 'c\n'],
    left: { bytes: 0, need: 0 }
  })
})

t.test('a message is owned unless it is borrowed', async (t) => {
  for (const borrow of [false, true]) {
    const codec = bytes({ borrow })
    const memory = rawBuffer(10)
    memory.latin1Write('..hello...', 0)

    const reader = new ByteReader()
    reader.reset(memory, 2, 7)
    const decoded = codec.decoder().decode(reader)
    if (decoded === NEED_MORE || codec.native === undefined) throw new Error('no message')
    const cursor: FrameCursor = { bytes: memory, table: Int32Array.of(0, 7), at: 1, until: 2, walk: 0, start: 2 }
    const framed = codec.native.frames().read(cursor)
    t.strictSame([show(decoded), show(framed)], ['hello', 'hello'])
    t.strictSame([cursor.at, cursor.start], [2, 7])

    memory.fill('x')
    const after = borrow ? 'xxxxx' : 'hello'
    t.strictSame([show(decoded), show(framed)], [after, after], borrow ? 'borrowed' : 'owned')
  }
})

t.test('bytes and strings may be sent', async (t) => {
  const large = new Uint8Array(100_000).fill(0x78)
  t.equal(encode(bytes(), latin1('a\xff'), 'é', '', new Uint8Array(0)), 'a\xff\xc3\xa9')
  t.ok(encode(bytes(), large) === 'x'.repeat(100_000))
  for (const message of [1, null, undefined, {}, ['x'], new Float64Array(1)]) {
    t.throws(() => encode(bytes(), message as never), { code: 'ERR_MESSAGE_TYPE', origin: 'encode' })
  }
})
