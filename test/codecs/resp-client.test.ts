// respClient(): every type of RESP2 and RESP3, in every split; what is no reply; and that a number in a header allocates nothing.

import {
  RespAttributed,
  type RespClientOptions,
  RespFailure,
  RespPush,
  type RespValue,
  RespVerbatim,
  resp,
  respClient
} from '@shiny/codecs'
import { ByteReader, ByteWriter, NEED_MORE, rawBuffer } from '@shiny/core/codec'
import t from 'tap'
import { encode } from './support/encode.js'
import { byDecoder } from './support/feed.js'
import { cut, latin1, randomNumbers } from './support/pieces.js'
import { checkVector } from './support/vectors.js'

/** A value as the corpus writes it down, with its type. */
function show(value: RespValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value)
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${show(key)}: ${show(item)}`).join(', ')}}`
  if (value instanceof Set) return `set(${[...value].map(show).join(', ')})`
  if (value instanceof RespFailure) return `error(${value.text})`
  if (value instanceof RespVerbatim) return `${value.format}(${value.text})`
  if (value instanceof RespPush) return `push(${value.elements.map(show).join(', ')})`
  if (value instanceof RespAttributed) return `${show(value.attributes)} on ${show(value.value)}`
  return `[${(value as readonly RespValue[]).map(show).join(', ')}]`
}

const whole: [bytes: string, ...messages: string[]][] = [
  ['+OK\r\n+\r\n+a b\r\n', '"OK"', '""', '"a b"'],
  ['+\xc3\xa4\r\n', '"ä"'],
  ['-ERR no such key\r\n', 'error(ERR no such key)'],
  [':0\r\n:-1\r\n:+5\r\n:9007199254740991\r\n', '0', '-1', '5', '9007199254740991'],
  [':9007199254740992\r\n:-9223372036854775808\r\n', '9007199254740992n', '-9223372036854775808n'],
  ['$5\r\na\r\nb\n\r\n$0\r\n\r\n$-1\r\n', '"a\\r\\nb\\n"', '""', 'null'],
  ['*0\r\n*-1\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n', '[]', 'null', '["a", [1]]'],
  ['*3\r\n$-1\r\n*-1\r\n-WRONGTYPE x\r\n', '[null, null, error(WRONGTYPE x)]'],
  ['_\r\n#t\r\n#f\r\n', 'null', 'true', 'false'],
  [',1.5\r\n,10\r\n,-1e+30\r\n,1E3\r\n,.5\r\n,-0\r\n', '1.5', '10', '-1e+30', '1000', '0.5', '-0'],
  [',inf\r\n,-inf\r\n,nan\r\n', 'Infinity', '-Infinity', 'NaN'],
  ['(3492890328409238509324850943850943825024385\r\n(-1\r\n', '3492890328409238509324850943850943825024385n', '-1n'],
  ['!21\r\nSYNTAX invalid syntax\r\n!0\r\n\r\n', 'error(SYNTAX invalid syntax)', 'error()'],
  ['=15\r\ntxt:Some string\r\n=4\r\nmkd:\r\n', 'txt(Some string)', 'mkd()'],
  ['%2\r\n+a\r\n:1\r\n*1\r\n:2\r\n_\r\n%0\r\n', '{"a": 1, [2]: null}', '{}'],
  ['~3\r\n+a\r\n#t\r\n~0\r\n~0\r\n', 'set("a", true, set())', 'set()'],
  ['>2\r\n+message\r\n$1\r\nx\r\n+OK\r\n>1\r\n+x\r\n', 'push("message", "x")', '"OK"', 'push("x")'],
  ['|1\r\n+ttl\r\n:3\r\n+OK\r\n', '{"ttl": 3} on "OK"'],
  ['|0\r\n|1\r\n+a\r\n|1\r\n+b\r\n:1\r\n:2\r\n*0\r\n', '{} on {"a": {"b": 1} on 2} on []'],
  ['*3\r\n:1\r\n|1\r\n+ttl\r\n:9\r\n:2\r\n:3\r\n', '[1, {"ttl": 9} on 2, 3]'],
  ['$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n$?\r\n;0\r\n', '"Hello"', '""'],
  ['$?\r\n;1\r\n\xc3\r\n;1\r\n\xa4\r\n;0\r\n', '"ä"'],
  ['*?\r\n:1\r\n*?\r\n.\r\n$?\r\n;1\r\na\r\n;0\r\n.\r\n', '[1, [], "a"]'],
  ['%?\r\n+a\r\n:1\r\n.\r\n~?\r\n:1\r\n:2\r\n.\r\n', '{"a": 1}', 'set(1, 2)']
]

t.test('every type, in every split', async (t) => {
  const feed = byDecoder(respClient(), show)
  for (const [bytes, ...messages] of whole) checkVector(t, feed, { name: JSON.stringify(bytes), bytes, messages })
})

t.test('bytes instead of text', async (t) => {
  const feed = byDecoder(respClient({ strings: 'bytes' }), show)
  const bytes = '$2\r\n\xff\0\r\n+OK\r\n$?\r\n;1\r\n\xfe\r\n;0\r\n=5\r\ntxt:a\r\n'
  checkVector(t, feed, { name: 'bytes', bytes, messages: ['bytes ff00', '"OK"', 'bytes fe', 'txt(a)'] })
})

t.test('what is not whole stays where it is', async (t) => {
  const feed = byDecoder(respClient(), show)
  for (const bytes of [
    '*2\r\n:1\r\n',
    '$3\r\nabc\r',
    '+OK\r',
    '|1\r\n:1\r\n:2\r\n',
    '*?\r\n:1\r\n',
    '$?\r\n;1\r\na\r\n',
    '%1\r\n:1\r\n'
  ])
    checkVector(t, feed, { name: JSON.stringify(bytes), bytes, left: bytes.length })
  t.equal(feed([latin1('*2\r\n$1000\r\nab')]).left?.need, 1013, 'asks for all of a payload')
})

const MALFORMED = 'ERR_MALFORMED'
const refused: [bytes: string, text: string, code?: string][] = [
  ['x\r\n', "unknown type 'x'"],
  ['\0\r\n', 'unknown type byte 0'],
  ['\r\n', 'unknown type byte 13'],
  ['+a\nb\r\n', 'expected CRLF'],
  ['+a\rb\r\n', 'expected CRLF'],
  ['$1\r\nab\r\n', 'expected CRLF'],
  ['$2\r\na\r\n+', 'expected CRLF'],
  [':\r\n', 'invalid integer'],
  [':1.5\r\n', 'invalid integer'],
  [':+-1\r\n', 'invalid integer'],
  [':9223372036854775808\r\n', 'invalid integer'],
  ['_x\r\n', 'a null with something in it'],
  ['#true\r\n', 'invalid boolean'],
  [',\r\n', 'invalid double'],
  [',1e\r\n', 'invalid double'],
  [',0x10\r\n', 'invalid double'],
  [',Infinity\r\n', 'invalid double'],
  ['(\r\n', 'invalid big number'],
  ['(1.5\r\n', 'invalid big number'],
  ['$-2\r\n', 'invalid bulk length'],
  ['$03\r\n', 'invalid bulk length'],
  ['!-1\r\n', 'invalid bulk length'],
  ['=3\r\ntxt\r\n', 'a verbatim string without a format'],
  ['=5\r\ntxt.a\r\n', 'a verbatim string without a format'],
  ['*-2\r\n', 'invalid multibulk length'],
  ['%-1\r\n', 'invalid multibulk length'],
  ['*x\r\n', 'invalid multibulk length'],
  ['>?\r\n', 'invalid multibulk length'],
  ['|?\r\n', 'invalid multibulk length'],
  ['!?\r\n', 'invalid bulk length'],
  ['*1\r\n>1\r\n+x\r\n', 'a push inside a reply'],
  ['|0\r\n>1\r\n+x\r\n', 'a push inside a reply'],
  ['.\r\n', "'.' outside a streamed aggregate"],
  ['*1\r\n.\r\n', "'.' outside a streamed aggregate"],
  ['*?\r\n.x\r\n', "'.' outside a streamed aggregate"],
  ['%?\r\n:1\r\n.\r\n', 'a key without a value'],
  [';1\r\na\r\n', "';' outside a streamed string"],
  ['$?\r\n:1\r\n', "expected ';', got ':'"],
  ['$?\r\n;-1\r\n', 'invalid bulk length'],
  ['*11\r\n', 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  ['%6\r\n', 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  [`*2\r\n*5\r\n${':1\r\n'.repeat(5)}*5\r\n${':1\r\n'.repeat(5)}`, 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  [`*?\r\n${':1\r\n'.repeat(11)}`, 'more than 10 elements', 'ERR_TOO_MANY_ELEMENTS'],
  ['*1\r\n'.repeat(5), 'nested too deep', 'ERR_TOO_MANY_ELEMENTS'],
  ['|0\r\n'.repeat(5), 'nested too deep', 'ERR_TOO_MANY_ELEMENTS'],
  ['$101\r\n', 'invalid bulk length', 'ERR_FRAME_TOO_LONG'],
  [`$?\r\n${`;60\r\n${'x'.repeat(60)}\r\n`.repeat(2)};0\r\n`, 'a streamed string is too long', 'ERR_FRAME_TOO_LONG'],
  [`+${'x'.repeat(40)}`, 'too big line', 'ERR_FRAME_TOO_LONG']
]

t.test('what is no reply is refused, at the same place in every split', async (t) => {
  const limits: RespClientOptions = { maxLine: 32, maxBulk: 100, maxElements: 10, maxDepth: 4 }
  const feed = byDecoder(respClient(limits), show)
  for (const [bytes, text, code = MALFORMED] of refused) {
    const refusal: [string, string, number] = [code, `Protocol error: ${text}`, 5]
    checkVector(t, feed, {
      name: JSON.stringify(bytes.slice(0, 40)),
      bytes: `+OK\r\n${bytes}`,
      messages: ['"OK"'],
      refused: refusal
    })
  }
})

t.test('the default limits', async (t) => {
  const feed = byDecoder(respClient(), show)
  const code = (bytes: string) => feed([latin1(bytes)]).refused?.code
  t.equal(code('*1048576\r\n'), undefined)
  t.equal(code('*1048577\r\n'), 'ERR_TOO_MANY_ELEMENTS')
  t.equal(code('$67108864\r\n'), undefined)
  t.equal(code('$67108865\r\n'), 'ERR_FRAME_TOO_LONG')
  t.equal(code('*1\r\n'.repeat(1024)), undefined)
  t.equal(code('*1\r\n'.repeat(1025)), 'ERR_TOO_MANY_ELEMENTS')
  t.equal(code(`+${'x'.repeat(65_536)}`), 'ERR_FRAME_TOO_LONG')
})

t.test('nesting of 1024 is delivered', async (t) => {
  const [message = ''] = byDecoder(respClient(), show)([latin1(`${'*1\r\n'.repeat(1024)}:1\r\n`)]).messages
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
  const parts = [
    ...[...whole.map(([bytes]) => bytes), ...refused.map(([bytes]) => bytes).filter((bytes) => bytes.length < 20)],
    ...['\r\n', '*2\r\n', '%1\r\n', '$?\r\n', '*?\r\n', '.\r\n', '|1\r\n', '1', '-', '\0', ':', '\xff']
  ]
  const feed = byDecoder(respClient({ maxLine: 64, maxElements: 100, maxDepth: 5, maxBulk: 200 }), show)
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
  const { messages } = byDecoder(respClient(), show)([bytes])
  t.strictSame(messages, [show(reply as RespValue), 'push("invalidate", "x")'])
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
