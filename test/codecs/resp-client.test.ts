// respClient(): limits, and that a number in a header allocates nothing; what it sends. Its corpus is looked at in test/testing.

import { type RespValue, resp, respClient } from '@shiny/codecs'
import { ByteReader, ByteWriter, NEED_MORE, rawBuffer } from '@shiny/core/codec'
import t from 'tap'
import { encode } from './support/encode.js'
import { byDecoder } from './support/feed.js'
import { cut, latin1, randomNumbers } from './support/pieces.js'
import { respClientVectors, showValue } from './support/resp-client-vectors.js'

t.test('asks for all of a payload', async (t) => {
  t.equal(byDecoder(respClient(), showValue)([latin1('*2\r\n$1000\r\nab')]).left?.need, 1013)
})

t.test('the default limits', async (t) => {
  const feed = byDecoder(respClient(), showValue)
  const code = (bytes: string) => feed([latin1(bytes)]).refused?.code
  t.equal(code('*1048576\r\n'), undefined)
  t.equal(code('*1048577\r\n'), 'ERR_TOO_MANY_ELEMENTS')
  t.equal(code('$67108864\r\n'), undefined)
  t.equal(code('$67108865\r\n'), 'ERR_FRAME_TOO_LONG')
  t.equal(code('*1\r\n'.repeat(1024)), undefined)
  t.equal(code('*1\r\n'.repeat(1025)), 'ERR_TOO_MANY_ELEMENTS')
  t.equal(code(`+${'x'.repeat(65_536)}`), 'ERR_FRAME_TOO_LONG')
})

t.test('limits that change hold for the reply that has begun, and none is above the codec’s own', async (t) => {
  const decoder = respClient({ maxBulk: 300_000_000, maxElements: 100 }).decoder()
  const reader = new ByteReader()
  const decode = (text: string) => {
    const memory = rawBuffer(text.length)
    memory.latin1Write(text, 0)
    reader.reset(memory, 0, memory.length)
    return decoder.decode(reader)
  }
  t.equal(decode('*2\r\n$300000000\r\n'), NEED_MORE)
  decoder.setLimits?.({ maxElements: 1000 })
  t.equal(decode('*2\r\n$300000000\r\n'), NEED_MORE, 'what is left out is as the codec was made')
  t.throws(() => decoder.setLimits?.({ maxReply: 1 }), { code: 'ERR_OPTION' })
  t.throws(() => decoder.setLimits?.({ maxDepth: 0 }), { code: 'ERR_OPTION' })
  decoder.setLimits?.({ maxBulk: 3 })
  t.throws(() => decode('*2\r\n$300000000\r\n'), { code: 'ERR_FRAME_TOO_LONG' })
  decoder.setLimits?.({ maxElements: 1000, maxDepth: 1, maxLine: 32 })
  t.throws(() => decode('*101\r\n'), { code: 'ERR_TOO_MANY_ELEMENTS' })
  decoder.setLimits?.({ maxDepth: 1 })
  t.throws(() => decode('*1\r\n*1\r\n'), { code: 'ERR_TOO_MANY_ELEMENTS' })
  decoder.setLimits?.({ maxLine: 32 })
  t.throws(() => decode(`+${'x'.repeat(40)}`), { code: 'ERR_FRAME_TOO_LONG' })
})

t.test('nesting of 1024 is delivered', async (t) => {
  const [message = ''] = byDecoder(respClient(), showValue)([latin1(`${'*1\r\n'.repeat(1024)}:1\r\n`)]).messages
  t.equal(message, `${'['.repeat(1024)}1${']'.repeat(1024)}`)
})

t.test('a length bomb allocates nothing', async (t) => {
  for (const bomb of [
    '*1048576\r\n',
    '$67108864\r\n',
    '%524288\r\n',
    '~1048576\r\n',
    `${'*1000000\r\n'.repeat(1000)}`
  ]) {
    const before = process.memoryUsage()
    const kept: unknown[] = []
    for (let i = 0; i < 100; i++) {
      const decoder = respClient().decoder()
      const reader = new ByteReader()
      const memory = rawBuffer(bomb.length)
      memory.latin1Write(bomb, 0)
      reader.reset(memory, 0, memory.length)
      t.equal(decoder.decode(reader), NEED_MORE)
      kept.push(decoder)
    }
    const after = process.memoryUsage()
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
    t.ok(grown < 64 * 1024 * 1024, `${JSON.stringify(bomb.slice(0, 20))}: ${kept.length} of them take ${grown} bytes`)
  }
})

// Quadratic work would run into the runner's limit of time.
t.test('half a million elements in small pieces', async (t) => {
  const decoder = respClient().decoder()
  const reader = new ByteReader()
  const text = `*500000\r\n${'$1\r\nx\r\n'.repeat(500_000)}`
  const memory = rawBuffer(text.length)
  memory.latin1Write(text, 0)
  let value: unknown = NEED_MORE
  for (let end = 7; value === NEED_MORE; end += 7) {
    reader.reset(memory, 0, Math.min(end, memory.length))
    value = decoder.decode(reader)
  }
  t.equal((value as unknown[]).length, 500_000)
})

t.test('random bytes: the same in one piece and in several, and no error but refusals', async (t) => {
  const whole = respClientVectors.filter(({ refused, left }) => refused === undefined && left === undefined)
  const broken = respClientVectors.filter(({ refused }) => refused !== undefined).map(({ bytes }) => bytes.slice(5))
  const parts = [
    ...[...whole.map(({ bytes }) => bytes), ...broken.filter((bytes) => bytes.length < 20)],
    ...['\r\n', '*2\r\n', '%1\r\n', '$?\r\n', '*?\r\n', '.\r\n', '|1\r\n', '1', '-', '\0', ':', '\xff']
  ]
  const feed = byDecoder(respClient({ maxLine: 64, maxElements: 100, maxDepth: 5, maxBulk: 200 }), showValue)
  const random = randomNumbers(7)
  for (let round = 0; round < 3000; round++) {
    let text = ''
    for (let count = random(6); count >= 0; count--) {
      text += parts[random(random(4) === 0 ? parts.length : whole.length)]
    }
    const bytes = latin1(text)
    const cuts = Array.from({ length: random(6) }, () => random(bytes.length + 1)).sort((a, b) => a - b)
    const one = JSON.stringify(feed([bytes]))
    const several = JSON.stringify(feed(cut(bytes, ...cuts)))
    if (one !== several) return t.equal(several, one, JSON.stringify([text, cuts]))
  }
  return t.pass('3000 streams')
})

t.test('what resp() sends in RESP3 comes back', async (t) => {
  const reply = [
    ...['text', 'ä', 1, -7, 2n ** 60n, 2n ** 70n, 1.5, Number.POSITIVE_INFINITY, true, null],
    ...[['nested', []], new Map([['key', new Set(['member'])]]), resp.error('ERR no'), resp.verbatim('txt', 'note')],
    resp.attributed(new Map([['ttl', 1]]), 'value')
  ]
  const encoder = resp().encoder()
  const writer = new ByteWriter()
  encoder.encode(resp.switchTo(3, reply), writer)
  encoder.encode(resp.push(['invalidate', 'x']), writer)
  const bytes = writer.toBytes()
  const { messages } = byDecoder(respClient(), showValue)([bytes])
  t.strictSame(messages, [showValue(reply as RespValue), 'push("invalidate", "x")'])
})

t.test('attributes are left out in RESP2', async (t) => {
  const bytes = encode(
    resp(),
    resp.attributed(new Map([['ttl', 1]]), 'v'),
    resp.switchTo(3, resp.attributed(new Map(), 1))
  )
  t.equal(bytes, '$1\r\nv\r\n|0\r\n:1\r\n')
})

t.test('requests are arrays of bulk strings', async (t) => {
  const request = ['SET', 'ä', new Uint8Array([0, 255]), 7, -1.5, 2n ** 64n, 1e21]
  const wanted =
    '*7\r\n$3\r\nSET\r\n$2\r\n\xc3\xa4\r\n$2\r\n\x00\xff\r\n$1\r\n7\r\n$4\r\n-1.5\r\n$20\r\n18446744073709551616\r\n'
  t.equal(encode(respClient(), request), `${wanted}$5\r\n1e+21\r\n`)
})

t.test('what cannot be sent', async (t) => {
  for (const [message, text] of [
    [[], 'respClient(): cannot send a request without a name'],
    ['PING', 'respClient(): cannot send "PING"'],
    [['GET', null], 'respClient(): cannot send null as an argument'],
    [['GET', { key: 1 }], 'respClient(): cannot send a plain object as an argument']
  ] as const) {
    t.throws(() => encode(respClient(), message as never), { code: 'ERR_MESSAGE_TYPE', message: text })
  }
})

t.test('options', async (t) => {
  t.throws(() => respClient({ strings: 'text' as never }), { code: 'ERR_OPTION', path: 'strings' })
  t.throws(() => respClient({ maxDepth: 0 }), { code: 'ERR_OPTION', path: 'maxDepth' })
  t.throws(() => respClient({ maxelements: 1 } as object), { code: 'ERR_OPTION', path: 'maxelements' })
})
