// The view of a request: what its methods read from the bytes.

import { defaultNames, type RespCommand, type RespOptions, resp } from '@shiny/codecs'
import { ByteReader, NEED_MORE, type RawBuffer, rawBuffer } from '@shiny/core/codec'
import t, { type Test } from 'tap'

/** The request of one array of bulk strings, given as characters U+0000 to U+00FF. */
function request(words: readonly string[], options: RespOptions = {}): RespCommand {
  const text = `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
  return decode(text, options)
}

function decode(text: string, options: RespOptions = {}): RespCommand {
  const memory: RawBuffer = rawBuffer(text.length + 3)
  memory.latin1Write(text, 3)
  const reader = new ByteReader()
  reader.reset(memory, 3, memory.length)
  const message = resp(options).decoder().decode(reader)
  if (message === NEED_MORE) throw new Error('incomplete')
  return message
}

t.test('name and token', async (t) => {
  const named = (name: string) => {
    const command = request([name])
    return [command.name, command.token]
  }
  t.strictSame(named('PING'), ['PING', defaultNames.indexOf('PING')])
  t.strictSame(named('zRangeByScore'), ['ZRANGEBYSCORE', defaultNames.indexOf('ZRANGEBYSCORE')])
  t.strictSame(named('pingx'), ['PINGX', -1])
  t.strictSame(named('pin'), ['PIN', -1])
  t.strictSame(named(''), ['', -1])
  t.strictSame(named('stra\xc3\x9fe'), ['STRAßE', -1], 'only ASCII letters change')
  t.strictSame(named('x'.repeat(40)), ['X'.repeat(40), -1])
  t.equal(decode('"pi"ng\n'.replace('"pi"ng', 'pi"ng"')).token, defaultNames.indexOf('PING'), 'from quoted words too')
})

t.test('each of the default names is found by its own token', async (t) => {
  const found = defaultNames.map((name) => request([name.toLowerCase()]).token)
  t.strictSame(found, [...defaultNames.keys()])
  t.equal(new Set(defaultNames).size, defaultNames.length)
})

t.test('own names, whatever their case', async (t) => {
  const names = ['hello', 'X.Y', 'Z'.repeat(32)]
  t.equal(request(['HeLLo'], { names }).token, 0)
  t.equal(request(['HeLLo'], { names }).name, 'HELLO')
  t.equal(request(['x.y'], { names }).token, 1)
  t.equal(request(['z'.repeat(32)], { names }).token, 2)
  t.equal(request(['z'.repeat(33)], { names }).token, -1)
  t.equal(request(['PING'], { names: [] }).token, -1)
})

t.test('text, bytes and borrowed bytes', async (t) => {
  const command = request(['SET', '\xc3\xa9', '\xff', 'x'.repeat(100)])
  t.equal(command.length, 4)
  t.equal(command.text(1), 'é')
  t.equal(command.text(2), '\ufffd', 'ill-formed UTF-8')
  t.equal(command.text(3), 'x'.repeat(100))
  t.strictSame([...command.bytes(2)], [0xff])
  t.equal(command.bytes(3).length, 100)
  t.equal(command.end(1) - command.start(1), 2)
  t.equal(command.source[command.start(2)], 0xff)
  const borrowed = command.borrow(2)
  const owned = command.bytes(2)
  const all = command.take()
  command.source.fill(0)
  t.equal(borrowed[0], 0, 'borrowed bytes are the memory itself')
  t.equal(owned[0], 0xff, 'owned bytes are not')
  t.strictSame(
    all.map((argument) => argument.length),
    [3, 2, 1, 100]
  )
  t.equal(all[0]?.[0], 0x53)
})

t.test('quoted words are text like any other', async (t) => {
  const command = decode('set "a\\x00\\n" \'b c\'\n')
  t.equal(command.name, 'SET')
  t.equal(command.text(1), 'a\0\n')
  t.equal(Buffer.from(command.borrow(2)).toString(), 'b c')
})

t.test('is: in any case of letters', async (t) => {
  const command = request(['SET', 'k', 'v', 'nX', '\xc3\xa9'])
  t.ok(command.is(3, 'NX'))
  t.notOk(command.is(3, 'XX'))
  t.notOk(command.is(3, 'NXX'))
  t.notOk(command.is(3, 'N'))
  t.ok(command.is(0, 'SET'))
  t.notOk(request(['x', '\x0b']).is(1, '+'), 'only letters have cases')
})

const integers: [text: string, int: number, bigint: bigint | undefined][] = [
  ['0', 0, 0n],
  ['7', 7, 7n],
  ['-1', -1, -1n],
  ['1234567890', 1234567890, 1234567890n],
  ['9007199254740991', Number.MAX_SAFE_INTEGER, 9007199254740991n],
  ['-9007199254740991', Number.MIN_SAFE_INTEGER, -9007199254740991n],
  ['9007199254740992', Number.NaN, 9007199254740992n],
  ['9007199254740993', Number.NaN, 9007199254740993n],
  ['9223372036854775807', Number.NaN, 9223372036854775807n],
  ['9223372036854775808', Number.NaN, undefined],
  ['-9223372036854775808', Number.NaN, -9223372036854775808n],
  ['-9223372036854775809', Number.NaN, undefined],
  ['10000000000000000000', Number.NaN, undefined],
  ...['', '-', '+1', '01', '-0', '-01', '00', ' 1', '1 ', '1.0', '0x1', '1e3', 'abc', '1a', '\xb2'].map(
    (text): [string, number, undefined] => [text, Number.NaN, undefined]
  )
]

t.test('int and bigint follow the strict rules', async (t) => {
  for (const [text, int, bigint] of integers) {
    const command = request(['X', text, 'after'])
    t.ok(Object.is(command.int(1), int), `int ${JSON.stringify(text)}: ${command.int(1)}`)
    t.equal(command.bigint(1), bigint, `bigint ${JSON.stringify(text)}`)
  }
})

t.test('an index that no argument has is a RangeError', async (t: Test) => {
  const command = request(['GET', 'k'])
  for (const index of [-1, 2, Number.NaN]) {
    t.throws(() => command.text(index), RangeError)
    t.throws(() => command.start(index), RangeError)
    t.throws(() => command.end(index), RangeError)
    t.throws(() => command.bytes(index), RangeError)
    t.throws(() => command.borrow(index), RangeError)
    t.throws(() => command.int(index), RangeError)
    t.throws(() => command.bigint(index), RangeError)
    t.throws(() => command.is(index, 'X'), RangeError)
  }
})
