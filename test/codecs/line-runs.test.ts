// Lines that are made texts together are what they are one by one.

import { line, text } from '@shiny/codecs'
import { ByteReader, type FrameCursor, type RawBuffer, rawBuffer } from '@shiny/core/codec'
import { framer } from '@shiny/native'
import t from 'tap'
import { byDecoder, byPlan } from './support/feed.js'
import { nativeUnavailable } from './support/native.js'
import { cut, latin1, randomNumbers } from './support/pieces.js'

/** Why the binary cannot be asked, or false. */
const skip = nativeUnavailable()

const show = (text: string) => JSON.stringify(text)

/** Parts of lines, as Latin-1: ASCII, endings, characters of two, three and four bytes, and what is none. */
const PARTS = [
  ...['', 'a', 'hello', 'x'.repeat(12), 'y'.repeat(13), 'z'.repeat(700), 'w'.repeat(2049), '\r', '\r\r'],
  ...['\xc3\xa9', '\xe2\x82\xac', '\xf0\x9f\x98\x80', '\xef\xbb\xbf', '\xff', '\xe2\x82', '\xf0\x9f', '\xc3', '\x80']
]
const ASCII = 9

t.test('many lines of one read, in every encoding', async (t) => {
  for (const newline of ['any', 'lf', 'crlf'] as const) {
    for (const encoding of ['utf8', 'latin1'] as const) {
      const codec = line({ newline, encoding })
      const alone = byDecoder(codec.of(text({ encoding })), show)
      const together = [byDecoder(codec, show), ...(skip === false ? [byPlan(codec, framer, show)] : [])]
      const random = randomNumbers(11)
      for (let round = 0; round < 200; round++) {
        const kinds = random(3) === 0 ? PARTS.length : ASCII
        let content = ''
        for (let lines = random(60); lines >= 0; lines--) {
          for (let parts = random(3); parts > 0; parts--) content += PARTS[random(kinds)]
          content += random(2) === 0 ? '\r\n' : '\n'
        }
        const stream = latin1(content)
        const pieces = cut(stream, random(stream.length + 1))
        const wanted = alone(pieces)
        for (const feed of together)
          t.same(feed(pieces), wanted, `${newline}, ${encoding}, round ${round}`, { diagnostic: false })
      }
    }
  }
})

/** The lines of one read, to be walked through. */
function walkOf(bytes: RawBuffer, walk: number): FrameCursor {
  const table = new Int32Array(100)
  const until = framer(line().native?.plan as object).frame(bytes, 0, bytes.length, table).count
  return { bytes, table, at: 0, until, walk, start: 0 }
}

t.test('lines that were left unread are not taken for those that come in their place', { skip }, async (t) => {
  const memory = rawBuffer(9)
  const frames = line().native?.frames()
  memory.latin1Write('ab\ncd\nef\n', 0)
  const first = walkOf(memory, 1)
  t.equal(frames?.read(first), 'ab')
  memory.latin1Write('gh\nij\nkl\n', 0)
  const second = walkOf(memory, 2)
  second.at = first.at
  second.start = first.start
  t.strictSame([frames?.read(second), frames?.read(second)], ['ij', 'kl'])
})

t.test('walks of several connections may take turns', { skip }, async (t) => {
  const { native } = line()
  const [one, two] = [native?.frames(), native?.frames()]
  const memories = ['ab\ncd\nef\n', 'gh\nij\nkl\n'].map((text) => {
    const memory = rawBuffer(text.length)
    memory.latin1Write(text, 0)
    return memory
  }) as [RawBuffer, RawBuffer]
  const first = walkOf(memories[0], 1)
  const second = walkOf(memories[1], 2)
  const lines = [one?.read(first), two?.read(second), one?.read(first), two?.read(second), one?.read(first)]
  t.strictSame(lines, ['ab', 'gh', 'cd', 'ij', 'ef'])
})

/** A reader of the text, in memory that others may be written to. */
function readerOf(content: string): { readonly reader: ByteReader; readonly memory: RawBuffer } {
  const memory = rawBuffer(content.length)
  memory.latin1Write(content, 0)
  const reader = new ByteReader()
  reader.reset(memory, 0, memory.length)
  return { reader, memory }
}

t.test('a decoder does not take lines that were left unread for those that come in their place', async (t) => {
  const { reader, memory } = readerOf('ab\ncd\nef\n')
  const decoder = line().decoder()
  t.equal(decoder.decode(reader), 'ab')
  const { position } = reader
  memory.latin1Write('gh\nij\nkl\n', 0)
  reader.reset(memory, position, memory.length)
  t.strictSame([decoder.decode(reader), decoder.decode(reader)], ['ij', 'kl'])
})

t.test('nor those that somebody else has consumed', async (t) => {
  const { reader } = readerOf('ab\ncd\nef\n')
  const decoder = line().decoder()
  t.equal(decoder.decode(reader), 'ab')
  reader.skip(3)
  t.equal(decoder.decode(reader), 'ef')
})

t.test('limits that change between two lines of one read hold for the second', async (t) => {
  const { reader } = readerOf('abc\ndef\nghi\n')
  const decoder = line().decoder()
  t.equal(decoder.decode(reader), 'abc')
  decoder.setLimits?.({ maxLength: 2 })
  t.throws(() => decoder.decode(reader), { code: 'ERR_FRAME_TOO_LONG' })
  t.equal(reader.position, 4)
})

t.test('a line that is too long is refused where it stands, behind others of one read', async (t) => {
  const { reader } = readerOf('abc\ndef\nghij\n')
  const decoder = line({ maxLength: 3 }).decoder()
  t.strictSame([decoder.decode(reader), decoder.decode(reader)], ['abc', 'def'])
  t.throws(() => decoder.decode(reader), { code: 'ERR_FRAME_TOO_LONG' })
  t.equal(reader.position, 8)
})

t.test('a line that a conversion refuses is told by where it begins', async (t) => {
  const codec = line().map({ in: Number.parseFloat, out: String })
  const strict = codec.map({
    in: (number) => {
      if (Number.isNaN(number)) throw new Error('no number')
      return number
    },
    out: (number: number) => number
  })
  const { messages, places } = byDecoder(strict, String, 'continue')([latin1('1\n2\nx\n4\n')])
  t.match(messages, ['1', '2', /no number/, '4'])
  t.strictSame(places, [4])
})

t.test('hardly a byte of text that is not ASCII is made characters twice', async (t) => {
  for (const content of ['plain '.repeat(33), 'é, à, ü '.repeat(20)]) {
    const stream = Buffer.from(`${content}\n`.repeat(5000))
    const memory = rawBuffer(stream.length)
    memory.set(stream)
    let asked = 0
    const slice = memory.utf8Slice
    memory.utf8Slice = (start, end) => {
      asked += end - start
      return slice.call(memory, start, end)
    }
    const reader = new ByteReader()
    reader.reset(memory, 0, stream.length)
    const decoder = line().decoder()
    for (let i = 0; i < 5000; i++) if (decoder.decode(reader) !== content) t.fail(`line ${i} is another`)
    t.equal(reader.length, 0)
    t.ok(asked > 0 && asked < 1.1 * stream.length, `${asked} bytes were made characters, of ${stream.length}`)
  }
})
