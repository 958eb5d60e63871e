// The codec of WebSocket by itself: what its vectors cannot say. Splits, limits and refusals are in support/web-socket-vectors.ts.

import { type WebSocketMessage, type WebSocketOptions, type WebSocketOutput, webSocket } from '@shiny/codecs'
import { ByteReader, ByteWriter, DecodeError, NEED_MORE, type NeedMore, rawBuffer, ShinyError } from '@shiny/core/codec'
import t from 'tap'
import { Random } from '../examples/support/random.js'
import { closing, frame, length64, utf8 } from './support/web-socket-vectors.js'

/** A decoder with bytes of its own. */
function decoding(options: WebSocketOptions = {}) {
  const decoder = webSocket(options).decoder()
  const reader = new ByteReader()
  const decode = (wire: string | Uint8Array): WebSocketMessage | NeedMore => {
    const bytes = typeof wire === 'string' ? Buffer.from(wire, 'latin1') : wire
    // Not at a multiple of anything.
    const memory = rawBuffer(bytes.length + 7)
    memory.set(bytes, 3)
    reader.reset(memory, 3, 3 + bytes.length)
    return decoder.decode(reader)
  }
  return { decoder, decode }
}

function encoded(
  encoder: { encode(message: WebSocketOutput, dst: ByteWriter): void },
  message: WebSocketOutput,
  lead = 0
) {
  const writer = new ByteWriter(16)
  for (let i = 0; i < lead; i++) writer.u8(0xee)
  writer.begin()
  encoder.encode(message, writer)
  return writer.toBytes().slice(lead)
}

function refusal(codec: Partial<WebSocketOptions>, error: DecodeError): Uint8Array {
  const writer = new ByteWriter(16)
  webSocket(codec).encoder().encodeError?.(error, writer)
  return writer.toBytes()
}

t.test('what a client sends, a server receives, whatever its length and wherever it lies', async (t) => {
  const encoder = webSocket({ role: 'client' }).encoder()
  const { decode } = decoding()
  const random = new Random(7)
  const lengths = [...Array(140).keys(), 1000, 4099, 65_535, 65_536, 70_001, 1_048_576]
  for (const length of lengths) {
    const data = new Uint8Array(random.bytes(length))
    const text = 'é€😀x'
      .repeat(Math.ceil(length / 5))
      .slice(0, length & ~1)
      .replace(/[\ud800-\udbff]$/, '')
    for (let lead = 0; lead < (length < 5000 ? 4 : 1); lead++) {
      t.same(decode(encoded(encoder, data, lead)), { type: 'binary', data }, `${length} bytes`)
      if (Buffer.byteLength(text) > 1_048_576) continue
      t.same(decode(encoded(encoder, text, lead)), { type: 'text', data: text }, `${length} units of text`)
      t.same(decode(encoded(encoder, 'x'.repeat(length), lead)), { type: 'text', data: 'x'.repeat(length) })
    }
  }
})

t.test('what a server sends, a client receives', async (t) => {
  const encoder = webSocket().encoder()
  const { decode } = decoding({ role: 'client' })
  for (const data of ['', 'a', 'é'.repeat(41), 'é'.repeat(62), 'é'.repeat(63), 'x'.repeat(70_000)])
    t.same(decode(encoded(encoder, data)), { type: 'text', data })
  t.same(decode(encoded(encoder, { type: 'close', code: 1001, reason: 'é' })), {
    type: 'close',
    code: 1001,
    reason: 'é'
  })
})

t.test('each frame of a client has a key of its own, of all bits', async (t) => {
  const encoder = webSocket({ role: 'client' }).encoder()
  const keys = new Set<number>()
  let or = 0
  let and = -1
  for (let i = 0; i < 4000; i++) {
    const frame = encoded(encoder, 'x')
    const key = Buffer.from(frame).readInt32BE(2)
    t.equal((frame[6] as number) ^ (frame[2] as number), 0x78)
    keys.add(key)
    or |= key
    and &= key
  }
  t.ok(keys.size > 3900, `${keys.size} keys`)
  t.equal(or, -1)
  t.equal(and, 0)
})

t.test("bytes are the receiver's own", async (t) => {
  for (const length of [0, 5, 100, 70_000]) {
    const { decode } = decoding()
    const wire = Buffer.from(frame(2, 'x'.repeat(length)), 'latin1')
    const first = decode(wire) as { data: Uint8Array }
    const before = Uint8Array.from(first.data)
    decode(frame(2, 'y'.repeat(length)))
    t.same(first.data, before)
    t.equal(Object.getPrototypeOf(first.data), Uint8Array.prototype)
    t.equal(first.data.buffer.byteLength, Math.ceil(length / 4) * 4 < 65_536 ? length : first.data.buffer.byteLength)
  }
})

t.test('a length allocates nothing ahead of its bytes', async (t) => {
  const before = process.memoryUsage().arrayBuffers
  const kept: unknown[] = []
  for (let i = 0; i < 200; i++) {
    const one = decoding({ maxMessage: 2 ** 30 })
    t.equal(one.decode(frame(2, 'abc', { length: [127, ...length64(2 ** 30)] })), NEED_MORE)
    t.equal(one.decode(frame(2, 'abc', { final: false })), NEED_MORE)
    t.equal(one.decode(frame(0, 'abc', { length: [127, ...length64(2 ** 29)] })), NEED_MORE)
    kept.push(one)
  }
  t.ok(process.memoryUsage().arrayBuffers - before < 4 * 1024 * 1024)
})

t.test('a million fragments of one byte cost linear time and memory', async (t) => {
  const { decode } = decoding()
  t.equal(decode(frame(1, '', { final: false })), NEED_MORE)
  const piece = frame(0, 'x'.repeat(1), { final: false }).repeat(1000)
  for (let i = 0; i < 1048; i++) t.equal(decode(piece), NEED_MORE)
  t.match(decode(frame(0, '')), { type: 'text', data: 'x'.repeat(1_048_000) })
})

t.test('limits are changed between messages, and inside one', async (t) => {
  const { decoder, decode } = decoding({ maxMessage: 10, maxFrame: 8 })
  t.match(decode(frame(1, '12345678')), { data: '12345678' })
  decoder.setLimits?.({ maxMessage: 4 })
  t.throws(() => decode(frame(1, '12345')), { code: 'ERR_FRAME_TOO_LONG', message: 'a message is longer than 4 bytes' })
  decoder.setLimits?.({ maxFrame: 3 })
  t.throws(() => decode(frame(1, '1234')), { message: 'the content of a frame is longer than 3 bytes' })
  decoder.setLimits?.({ maxMessage: 1_000_000, maxFrame: 1_000_000 })
  t.throws(
    () => decode(frame(1, '123456789')),
    { message: 'the content of a frame is longer than 8 bytes' },
    'never above its own'
  )
  decoder.setLimits?.({})
  t.equal(decode(frame(1, '1234', { final: false })), NEED_MORE)
  decoder.setLimits?.({ maxMessage: 5 })
  t.throws(() => decode(frame(0, '56')), { message: 'a message is longer than 5 bytes' })
  for (const [limits, path] of [
    [{ maxText: 1 }, 'maxText'],
    [{ maxFrame: -1 }, 'maxFrame'],
    [{ maxMessage: 1.5 }, 'maxMessage']
  ] as const)
    t.throws(() => decoder.setLimits?.(limits as never), { code: 'ERR_OPTION', path })
})

t.test('behind a close frame nothing is sent', async (t) => {
  for (const role of ['server', 'client'] as const) {
    const encoder = webSocket({ role }).encoder()
    encoded(encoder, { type: 'close' })
    const writer = new ByteWriter(16)
    for (const message of ['a', { type: 'pong' as const }, { type: 'close' as const }])
      t.throws(() => encoder.encode(message, writer), { name: 'ShinyError', code: 'ERR_CLOSED', origin: 'encode' })
    encoder.encodeError?.(new DecodeError('ERR_MALFORMED'), writer)
    t.equal(writer.length, 0)
  }
  const encoder = webSocket().encoder()
  t.throws(() => encoded(encoder, { type: 'close', code: 5000 }), ShinyError)
  t.ok(encoded(encoder, 'a').length > 0, 'a close frame that was refused closes nothing')
})

t.test('a refusal is told by the right close frame', async (t) => {
  const cases = [
    ['ERR_MALFORMED', 1002],
    ['ERR_TRUNCATED', 1002],
    ['ERR_INVALID_MESSAGE', 1007],
    ['ERR_FRAME_TOO_LONG', 1009],
    ['ERR_TOO_MANY_ELEMENTS', 1009],
    ['ERR_BUFFER_LIMIT', 1009]
  ] as const
  for (const [code, status] of cases) {
    const wire = refusal({}, new DecodeError(code, 'why'))
    t.equal(Buffer.from(wire).toString('latin1'), `\x88\x05${closing(status, 'why')}`)
    const { decode } = decoding()
    t.same(decode(refusal({ role: 'client' }, new DecodeError(code, 'why'))), {
      type: 'close',
      code: status,
      reason: 'why'
    })
  }
  const long = refusal({}, new DecodeError('ERR_MALFORMED', 'é'.repeat(100)))
  t.equal(Buffer.from(long).toString('latin1'), `\x88\x7c${closing(1002, utf8('é'.repeat(61)))}`, 'no character is cut')
})

t.test('it composes', async (t) => {
  const codec = webSocket().map({ in: (message) => message.type, out: (text: string) => text.toUpperCase() })
  const reader = new ByteReader()
  const memory = rawBuffer(6)
  memory.latin1Write(frame(9, ''), 0)
  reader.reset(memory, 0, 6)
  t.equal(codec.decoder().decode(reader), 'ping')
  t.equal(Buffer.from(encoded(codec.encoder(), 'a')).toString('latin1'), '\x81\x01A')
  t.equal(codec.native, undefined)
})
