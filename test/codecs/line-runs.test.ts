// Lines that are made texts together are what they are one by one.

import { line } from '@shiny/codecs'
import { type FrameCursor, type RawBuffer, rawBuffer } from '@shiny/core/codec'
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

t.test('many lines of one read, in every encoding', { skip }, async (t) => {
  for (const newline of ['any', 'lf', 'crlf'] as const) {
    for (const encoding of ['utf8', 'latin1'] as const) {
      const codec = line({ newline, encoding })
      const alone = byDecoder(codec, show)
      const together = byPlan(codec, framer, show)
      const random = randomNumbers(11)
      for (let round = 0; round < 200; round++) {
        const kinds = random(3) === 0 ? PARTS.length : ASCII
        let text = ''
        for (let lines = random(60); lines >= 0; lines--) {
          for (let parts = random(3); parts > 0; parts--) text += PARTS[random(kinds)]
          text += random(2) === 0 ? '\r\n' : '\n'
        }
        const stream = latin1(text)
        const pieces = cut(stream, random(stream.length + 1))
        t.same(together(pieces), alone(pieces), `${newline}, ${encoding}, round ${round}`, { diagnostic: false })
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
