// The TypeScript decoder of resp(): its limits and large requests.

import { resp } from '@shiny/codecs'
import t from 'tap'
import { byDecoder } from './support/feed.js'
import { cut, latin1 } from './support/pieces.js'
import { showArguments } from './support/resp-vectors.js'

t.test('the default limits', async (t) => {
  const feed = byDecoder(resp(), showArguments)
  const code = (bytes: string) => feed([latin1(bytes)]).refused?.text ?? 'accepted'
  t.equal(code(`${' '.repeat(65_536)}\n`), 'accepted', 'an inline LF at index 65,536')
  t.equal(code(`${' '.repeat(65_537)}\n`), 'Protocol error: too big inline request', 'and at 65,537')
  t.equal(code(' '.repeat(65_536)), 'accepted', '65,536 bytes without LF')
  t.equal(code(' '.repeat(65_537)), 'Protocol error: too big inline request', 'and 65,537')
  t.equal(code('*1048576\r\n'), 'accepted')
  t.equal(code('*1048577\r\n'), 'Protocol error: invalid multibulk length')
  t.equal(code('*1\r\n$67108864\r\n'), 'accepted')
  t.equal(code('*1\r\n$67108865\r\n'), 'Protocol error: invalid bulk length')
  t.equal(code('*3000000000\r\n'), 'Protocol error: invalid multibulk length')
})

t.test('limits as they are before authentication', async (t) => {
  const feed = byDecoder(resp({ maxArguments: 10, maxBulk: 16_384 }), showArguments)
  t.equal(feed([latin1('*10\r\n$16384\r\n')]).refused, undefined)
  t.equal(feed([latin1('*100\r\n')]).refused?.code, 'ERR_TOO_MANY_ELEMENTS')
  t.equal(feed([latin1('*1\r\n$100000000\r\n')]).refused?.code, 'ERR_FRAME_TOO_LONG')
})

t.test('a large payload: asks for all of it at once', async (t) => {
  const feed = byDecoder(resp(), (command) => String(command.bytes(1).length))
  const head = latin1('*2\r\n$3\r\nSET\r\n$1000000\r\n')
  t.strictSame(feed([head]).left, { bytes: head.length, need: head.length + 1_000_002 })
  const rest = new Uint8Array(1_000_002).fill(0x78)
  rest.set(latin1('\r\n'), 1_000_000)
  t.strictSame(feed([head, ...cut(rest, 1, 500_000, 1_000_001)]).messages, ['1000000'])
})

t.test('MSET of 10,000 pairs, in one piece and in small ones', async (t) => {
  const feed = byDecoder(resp(), (command) => `${command.name} ${command.length} ${command.text(20_000)}`)
  let text = '*20001\r\n$4\r\nmset\r\n'
  for (let i = 0; i < 10_000; i++) text += `$${`k${i}`.length}\r\nk${i}\r\n$${`${i}`.length}\r\n${i}\r\n`
  const bytes = latin1(text)
  t.strictSame(feed([bytes]), { messages: ['MSET 20001 9999'], left: { bytes: 0, need: 0 } })
  const pieces = cut(bytes, ...Array.from({ length: Math.floor(bytes.length / 1000) }, (_, i) => (i + 1) * 1000))
  t.strictSame(feed(pieces).messages, ['MSET 20001 9999'])
})
