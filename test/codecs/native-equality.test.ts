// Native framing = TypeScript decoding: the same messages, refusals, offsets and needs, whatever the split.

import { bytes, delimited, fixedLength, lengthPrefixed, line, type RespCommand, resp } from '@shiny/codecs'
import { type Codec, rawBuffer } from '@shiny/core/codec'
import { framer } from '@shiny/native'
import t from 'tap'
import { byDecoder, byPlan, type Feed, type Show } from './support/feed.js'
import { showMessage } from './support/framer-vectors.js'
import { showLine } from './support/line-vectors.js'
import { nativeUnavailable } from './support/native.js'
import { cut, describePieces, latin1, randomNumbers } from './support/pieces.js'
import { showArguments } from './support/resp-vectors.js'

/** Why the binary cannot be asked, or false. */
const skip = nativeUnavailable()

/** More than the corpus shows: the name and its token too. */
const showAll = (command: RespCommand) => `${command.token} ${command.name} ${showArguments(command)}`

/** Feeds the same pieces to both and tells the first difference. */
function both<In>(codec: Codec<In, never>, show: Show<In>): (pieces: readonly Uint8Array[]) => string | undefined {
  const decoder: Feed = byDecoder(codec, show, 'continue')
  const plan: Feed = byPlan(codec, framer, show, 'continue')
  return (pieces) => {
    const one = JSON.stringify(decoder(pieces))
    const other = JSON.stringify(plan(pieces))
    return one === other ? undefined : `${describePieces(pieces)}: ${one} in TypeScript, ${other} natively`
  }
}

t.test('bytes', { skip }, async (t) => {
  const compare = both(bytes(), (message) => Buffer.from(message).toString('latin1'))
  t.equal(compare([latin1('abc'), latin1(''), latin1('d')]), undefined)
})

t.test('requests of more arguments than are indexed', { skip }, async (t) => {
  const compare = both(resp({ maxArguments: 5000 }), showAll)
  for (const count of [4095, 4096, 4097, 5000]) {
    const text = `\r\n*${count}\r\n$4\r\nmset\r\n${'$1\r\nx\r\n'.repeat(count - 1)}*0\r\n`
    const request = latin1(`${text}PING\r\n`)
    t.equal(compare([request]), undefined, `${count} arguments`)
    t.equal(compare(cut(request, 1, 3, 7, 20, 10_000, 28_000)), undefined, `${count} arguments, in pieces`)
    t.equal(compare([latin1(`${'ab '.repeat(count)}\n`)]), undefined, `${count} words`)
    t.equal(compare([latin1(`${'ab '.repeat(count)}"\n`)]), undefined, `${count} words, and a quote`)
  }
})

t.test('more frames than the table holds', { skip }, async (t) => {
  const compare = both(resp(), showAll)
  const requests = '*2\r\n$3\r\nget\r\n$1\r\na\r\nPING\r\n\r\n"a b"\r\n'
  t.equal(compare([latin1(requests.repeat(20_000))]), undefined, 'RESP')
  t.equal(both(line(), showLine)([latin1('a\nb\r\n'.repeat(30_000))]), undefined, 'lines')
})

t.test('random bytes, in random pieces', { skip }, async (t) => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    t.equal(fuzz(seed, 1000), undefined, `seed ${seed}`)
  }
})

/** What a stream is made of: parts of requests, and what breaks them. */
const PARTS = [
  ...[
    '*1\r\n$4\r\nPING\r\n',
    '*2\r\n$3\r\nget\r\n$1\r\nk\r\n',
    'set a b\r\n',
    '\r\n',
    '*0\r\n',
    '"a b" \'c\'\n',
    'x"y"\n'
  ],
  ...['*3\r\n', '*', '$', '1', '12', '-1', '0', '\r\n', '\r', '\n', '$0\r\n\r\n', '$3\r\nabc\r\n', '$65\r\n', '"', "'"],
  ...['\\', '\\x41', ' ', '\t', '\v', '\0', '\xff', 'a', 'zremrangebyscore', '*11\r\n', '$101\r\n', 'x'.repeat(40)]
]

function fuzz(seed: number, rounds: number): string | undefined {
  const random = randomNumbers(seed)
  const compareResp = both(resp({ maxLine: 64, maxBulk: 100, maxArguments: 10 }), showAll)
  const compareLine = both(
    line({ maxLength: 40, newline: (['any', 'lf', 'crlf'] as const)[seed % 3] ?? 'any' }),
    showLine
  )
  for (let round = 0; round < rounds; round++) {
    let text = ''
    // Whole requests are more likely, lest every stream be refused at once.
    for (let parts = random(12); parts >= 0; parts--) text += PARTS[random(3) === 0 ? random(PARTS.length) : random(7)]
    const stream = latin1(text)
    const cuts = Array.from({ length: random(5) }, () => random(stream.length + 1)).sort((a, b) => a - b)
    const pieces = cut(stream, ...cuts)
    const difference = compareResp(pieces) ?? compareLine(pieces)
    if (difference !== undefined) return difference
  }
  return undefined
}

t.test('random frames, in random pieces', { skip }, async (t) => {
  const maxLength = 12
  const codecs = [
    delimited({ delimiter: ';', maxLength }),
    delimited({ delimiter: 'aab', maxLength }),
    fixedLength(3),
    lengthPrefixed({ bytes: 1, maxLength }),
    lengthPrefixed({ bytes: 2, littleEndian: true, includesPrefix: true, maxLength }),
    lengthPrefixed({ bytes: 3, offset: 1, adjust: -4, strip: 2, maxLength })
  ]
  for (const codec of codecs) {
    const random = randomNumbers(7)
    const compare = both(codec, showMessage)
    let difference: string | undefined
    for (let round = 0; round < 1500 && difference === undefined; round++) {
      let text = ''
      for (let parts = random(10); parts >= 0; parts--) text += FRAME_PARTS[random(FRAME_PARTS.length)]
      const stream = latin1(text)
      const cuts = Array.from({ length: random(5) }, () => random(stream.length + 1)).sort((a, b) => a - b)
      difference = compare(cut(stream, ...cuts))
    }
    t.equal(difference, undefined, JSON.stringify(codec.native?.plan))
  }
})

/** Parts of frames of every kind. */
const FRAME_PARTS = [
  '\0',
  '\x01',
  '\x02',
  '\x04',
  '\x05',
  '\x0c',
  '\x0d',
  ';',
  'a',
  'aa',
  'aab',
  'b',
  'xyz',
  '\0\0\x06',
  '\xff'
]

t.test('more of these frames than the table holds', { skip }, async (t) => {
  const many = 40_000
  t.equal(both(delimited({ delimiter: ';' }), showMessage)([latin1('a;'.repeat(many))]), undefined)
  t.equal(both(fixedLength(2), showMessage)([latin1('ab'.repeat(many))]), undefined)
  t.equal(both(lengthPrefixed({ bytes: 1 }), showMessage)([latin1('\x01a\0'.repeat(many))]), undefined)
})

t.test('a frame reader puts the cursor behind what it has read', { skip }, async (t) => {
  const codec = resp()
  const text = 'PING\r\n"a b"\r\n*1\r\n$1\r\nx\r\n'
  const stream = rawBuffer(text.length)
  stream.latin1Write(text, 0)
  const table = new Int32Array(100)
  const outcome = framer(codec.native?.plan as object).frame(stream, 0, stream.length, table)
  const cursor = { bytes: stream, table, at: 0, until: outcome.count, walk: 0, start: 0 }
  const frames = codec.native?.frames()
  const places: number[][] = []
  while (cursor.at < outcome.count) {
    frames?.read(cursor)
    places.push([cursor.at, cursor.start])
  }
  t.strictSame(places, [
    [5, 6],
    [8, 13],
    [13, 24]
  ])
})
