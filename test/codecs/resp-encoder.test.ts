// Replies, byte by byte, in RESP2 and RESP3.

import { RespPush, type RespReply, RespSlice, RespSwitch, resp } from '@shiny/codecs'
import { ByteWriter, DecodeError } from '@shiny/core/codec'
import t from 'tap'
import { encode, encodeWhatCan } from './support/encode.js'

const codec = resp()
const resp2 = (...replies: RespReply[]) => encode(codec, ...replies)
const resp3 = (...replies: RespReply[]) => {
  const switched = encode(codec, resp.switchTo(3, null), ...replies)
  return switched.slice('_\r\n'.length)
}
const utf8 = (text: string) => Buffer.from(text).toString('latin1')

const rows: [name: string, reply: RespReply, resp2: string, resp3?: string][] = [
  ['a string', 'hello', '$5\r\nhello\r\n'],
  ['an empty string', '', '$0\r\n\r\n'],
  ['a string in UTF-8', 'é€😀', utf8('$9\r\né€😀\r\n')],
  ['a lone surrogate', '\ud800', utf8('$3\r\n\ufffd\r\n')],
  ['CR LF in a string', 'a\r\nb', '$4\r\na\r\nb\r\n'],
  ['bytes', Uint8Array.of(0, 0xff, 0x0d), '$3\r\n\x00\xff\r\r\n'],
  ['a Buffer', Buffer.from('abc'), '$3\r\nabc\r\n'],
  ['a slice', resp.slice(Buffer.from('hello'), 1, 3), '$2\r\nel\r\n'],
  ['an empty slice', resp.slice(new Uint8Array(5), 5), '$0\r\n\r\n'],
  ['zero', 0, ':0\r\n'],
  ['minus zero', -0, ':0\r\n'],
  ['small numbers', [7, 10, 99, 100, 12_345], '*5\r\n:7\r\n:10\r\n:99\r\n:100\r\n:12345\r\n'],
  ['a negative number', -42, ':-42\r\n'],
  [
    'numbers of 31 and 32 bits',
    [2_147_483_647, -2_147_483_648, 2_147_483_648],
    '*3\r\n:2147483647\r\n:-2147483648\r\n:2147483648\r\n'
  ],
  ['the largest safe integer', Number.MAX_SAFE_INTEGER, ':9007199254740991\r\n'],
  ['2^62', 2 ** 62, ':4611686018427387904\r\n'],
  ['a whole number beyond 64 bits', 2 ** 64, '$20\r\n18446744073709551616\r\n', '(18446744073709551616\r\n'],
  ['a bigint', -5n, ':-5\r\n'],
  ['the ends of 64 bits', [2n ** 63n - 1n, -(2n ** 63n)], '*2\r\n:9223372036854775807\r\n:-9223372036854775808\r\n'],
  ['a bigint beyond them', 2n ** 63n, '$19\r\n9223372036854775808\r\n', '(9223372036854775808\r\n'],
  [
    'a big number',
    3492890328409238509324850943850943825024385n,
    '$43\r\n3492890328409238509324850943850943825024385\r\n',
    '(3492890328409238509324850943850943825024385\r\n'
  ],
  ['a fraction', 1.5, '$3\r\n1.5\r\n', ',1.5\r\n'],
  ['infinity', Number.POSITIVE_INFINITY, '$3\r\ninf\r\n', ',inf\r\n'],
  ['minus infinity', Number.NEGATIVE_INFINITY, '$4\r\n-inf\r\n', ',-inf\r\n'],
  ['not a number', Number.NaN, '$3\r\nnan\r\n', ',nan\r\n'],
  ['a whole double', resp.double(10), '$2\r\n10\r\n', ',10\r\n'],
  ['a large double', resp.double(1e30), '$5\r\n1e+30\r\n', ',1e+30\r\n'],
  ['null', null, '$-1\r\n', '_\r\n'],
  ['null for an array', resp.nullArray, '*-1\r\n', '_\r\n'],
  ['true', true, ':1\r\n', '#t\r\n'],
  ['false', false, ':0\r\n', '#f\r\n'],
  ['OK', resp.ok, '+OK\r\n'],
  ['PONG', resp.pong, '+PONG\r\n'],
  ['QUEUED', resp.queued, '+QUEUED\r\n'],
  ['a status', resp.status('Background saving started'), '+Background saving started\r\n'],
  ['a status that would forge a reply', resp.status('a\r\n-ERR b'), '+a  -ERR b\r\n'],
  ['a long status of that kind', resp.status(`${'x'.repeat(80)}\nb`), `+${'x'.repeat(80)} b\r\n`],
  ['a status in UTF-8', resp.status('é\n'), utf8('+é \r\n')],
  ['an error', resp.error('ERR no'), '-ERR no\r\n'],
  [
    'an error that would forge a reply',
    resp.error("ERR unknown command '\r\n+OK'"),
    "-ERR unknown command '  +OK'\r\n"
  ],
  ['a verbatim string', resp.verbatim('txt', 'Some string'), '$11\r\nSome string\r\n', '=15\r\ntxt:Some string\r\n'],
  ['a verbatim string in UTF-8', resp.verbatim('mkd', 'é'), utf8('$2\r\né\r\n'), utf8('=6\r\nmkd:é\r\n')],
  ['an empty array', [], '*0\r\n'],
  [
    'nested arrays',
    ['a', [1, [null]], resp.error('ERR x')],
    '*3\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n$-1\r\n-ERR x\r\n',
    '*3\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n_\r\n-ERR x\r\n'
  ],
  [
    'a map',
    new Map<RespReply, RespReply>([
      ['a', 1],
      [2, [true]]
    ]),
    '*4\r\n$1\r\na\r\n:1\r\n:2\r\n*1\r\n:1\r\n',
    '%2\r\n$1\r\na\r\n:1\r\n:2\r\n*1\r\n#t\r\n'
  ],
  ['a set', new Set(['a', 'b']), '*2\r\n$1\r\na\r\n$1\r\nb\r\n', '~2\r\n$1\r\na\r\n$1\r\nb\r\n'],
  [
    'a push',
    resp.push(['message', 'ch', 'x']),
    '*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$1\r\nx\r\n',
    '>3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$1\r\nx\r\n'
  ]
]

t.test('every type, in both versions', async (t) => {
  for (const [name, reply, two, three = two] of rows) {
    t.equal(resp2(reply), two, `${name} in RESP2`)
    t.equal(resp3(reply), three, `${name} in RESP3`)
  }
})

t.test('strings of every length have the right length before them', async (t) => {
  const lengths = [1, 9, 10, 31, 32, 33, 34, 60, 99, 100, 333, 334, 999, 1000, 16_384, 16_385, 100_000]
  for (const length of lengths) {
    for (const character of ['x', 'é', '€']) {
      const text = character.repeat(length)
      const size = Buffer.byteLength(text)
      t.ok(resp2(text) === utf8(`$${size}\r\n${text}\r\n`), `${length} times ${character}`)
    }
    const bytes = new Uint8Array(length).fill(0x78)
    t.ok(resp2(bytes) === `$${length}\r\n${'x'.repeat(length)}\r\n`, `${length} bytes`)
    t.ok(
      resp2(new RespSlice(Buffer.from(bytes), 1)) === `$${length - 1}\r\n${'x'.repeat(length - 1)}\r\n`,
      `a slice of them`
    )
  }
  t.equal(resp2(`${'x'.repeat(31)}é`), utf8(`$33\r\n${'x'.repeat(31)}é\r\n`), 'not ASCII at the very end')
})

t.test('doubles look as Redis has them', async (t) => {
  const texts: [number, string][] = [
    [0.1, '0.1'],
    [-0.001, '-0.001'],
    [Math.PI, '3.141592653589793'],
    [1e-7, '1e-7'],
    [1.5e-10, '1.5e-10'],
    [0.00001, '0.00001'],
    [1e18, '1000000000000000000'],
    [1e19, '1e+19'],
    [1.5e300, '1.5e+300'],
    [-1e30, '-1e+30'],
    [-0, '-0'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [100_000.5, '100000.5']
  ]
  for (const [value, text] of texts) {
    t.equal(resp3(resp.double(value)), `,${text}\r\n`)
    t.ok(Object.is(Number(text), value), `${text} is the same number`)
  }
})

t.test('the version belongs to the place of a reply', async (t) => {
  const hello = new Map<RespReply, RespReply>([['proto', 3]])
  t.equal(resp2(null, resp.switchTo(3, hello), null), '$-1\r\n%1\r\n$5\r\nproto\r\n:3\r\n_\r\n')
  t.equal(resp2(resp.switchTo(3, null), resp.switchTo(2, hello), null), '_\r\n*2\r\n$5\r\nproto\r\n:3\r\n$-1\r\n')
  const refused = resp.switchTo(3, [undefined as never])
  t.equal(encodeWhatCan(codec, null, refused, null), '$-1\r\n$-1\r\n', 'a refused reply switches nothing')
  t.equal(resp2(null), '$-1\r\n', 'each connection begins in RESP2')
})

t.test('what cannot be sent is refused by name', async (t) => {
  const cyclic: RespReply[] = []
  cyclic.push(cyclic, cyclic)
  const cyclicMap = new Map<RespReply, RespReply>()
  cyclicMap.set('a', cyclicMap)
  const rows: [reply: unknown, message: RegExp][] = [
    [undefined, /undefined/],
    [() => 1, /a function/],
    [Symbol('x'), /a symbol/],
    [{ a: 1 }, /a plain object/],
    [Object.create(null), /a plain object/],
    [new Date(), /class Date/],
    [new Error('x'), /class Error/],
    [new Float64Array(1), /class Float64Array/],
    [[1, undefined], /undefined/],
    [new Array(1), /undefined/],
    [new Map([['a', {}]]), /a plain object/],
    [cyclic, /cyclic/],
    [cyclicMap, /cyclic/],
    [nested(33), /32/],
    [resp.push([1, 'x']), /push/],
    [resp.push([]), /push/],
    [[new RespPush(['a'])], /push/],
    [[resp.switchTo(3, null)], /switch/],
    [new RespSwitch(4 as 3, null), /version 4/],
    [resp.verbatim('text', 'x'), /verbatim/],
    [resp.verbatim('a:b', 'x'), /verbatim/],
    [resp.status(1 as never), /status/],
    [resp.double('1' as never), /double/],
    [resp.slice(new Uint8Array(3), 2, 4), /2 to 4/],
    [resp.slice(new Uint8Array(3), 2, 1), /2 to 1/]
  ]
  for (const [reply, message] of rows) {
    t.throws(() => resp2(reply as RespReply), { code: 'ERR_MESSAGE_TYPE', origin: 'encode', message })
  }
  t.doesNotThrow(() => resp2(nested(32)))
})

function nested(depth: number): RespReply {
  let reply: RespReply = 1
  for (let i = 0; i < depth; i++) reply = [reply]
  return reply
}

t.test('a slice may be pointed elsewhere and sent again', async (t) => {
  const slice = resp.slice(Buffer.from('abc'))
  t.equal(resp2(slice, slice.at(Buffer.from('xyz'), 1, 2)), '$1\r\ny\r\n$1\r\ny\r\n', 'it is read while it is sent')
  const encoder = codec.encoder()
  const writer = new ByteWriter()
  for (const text of ['one', 'two']) {
    writer.begin()
    encoder.encode(slice.at(Buffer.from(text), 0, 3), writer)
  }
  t.equal(Buffer.from(writer.toBytes()).toString(), '$3\r\none\r\n$3\r\ntwo\r\n')
})

t.test('what the peer is told of a refusal', async (t) => {
  const told = (error: DecodeError) => {
    const writer = new ByteWriter(1)
    codec.encoder().encodeError?.(error, writer)
    return Buffer.from(writer.toBytes()).toString('latin1')
  }
  const refusal = (reason: number, byte = 0) => codec.native?.frames().refuse(reason, byte) as DecodeError
  t.equal(told(refusal(4)), '-ERR Protocol error: invalid multibulk length\r\n')
  t.equal(told(refusal(6, 0x66)), "-ERR Protocol error: expected '$', got 'f'\r\n")
  t.equal(told(refusal(6, 0x0d)), "-ERR Protocol error: expected '$', got ' '\r\n", 'no byte can end the line')
  t.equal(told(refusal(6, 0xff)), "-ERR Protocol error: expected '$', got '\xff'\r\n", 'any other is sent as it is')
  t.equal(told(new DecodeError('ERR_MALFORMED', 'Ċ')), '-ERR ?\r\n')
  t.equal(told(new DecodeError('ERR_TRUNCATED')), '', 'nothing to one that has gone')
  t.equal(told(new DecodeError('ERR_BUFFER_LIMIT')), '', 'nor, as in Redis, to one that sends too much')
})
