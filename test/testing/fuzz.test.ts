// Any bytes come to messages and DecodeErrors: mutated frames of every codec, and lengths that promise more than ever comes.

import { line, resp } from '@shiny/codecs'
import { ByteReader, DecodeError, NEED_MORE, rawBuffer } from '@shiny/core/codec'
import { CodecFault, fuzzTarget } from '@shiny/core/testing'
import t from 'tap'
import { corpora } from './support/corpora.js'
import { fuzz } from './support/fuzz.js'

const INPUTS = 200_000
/** Generous: a collector that has not run yet is no leak. */
const MOST_GROWTH = 400 * 1024 * 1024

for (const corpus of corpora) {
  t.test(`mutations of ${corpus.name}`, async (t) => {
    const { count, bytes, slowest, growth } = fuzz(corpus, Math.ceil(INPUTS / corpora.length), 1)
    t.ok(count > 0 && bytes > 0)
    t.ok(slowest < 5000, `none takes long: ${slowest} ms`)
    t.ok(growth < MOST_GROWTH, `memory does not grow: ${growth} bytes`)
  })
}

t.test('a length allocates nothing ahead of its bytes', async (t) => {
  const bombs = ['*2147483647\r\n', '*1048576\r\n', '$536870912\r\n', '*1\r\n$536870912\r\n', '*1\r\n$67108864\r\n']
  const before = process.memoryUsage().arrayBuffers
  for (const bomb of bombs) {
    for (let i = 0; i < 100; i++) {
      const memory = rawBuffer(bomb.length)
      memory.latin1Write(bomb, 0)
      const reader = new ByteReader()
      reader.reset(memory, 0, memory.length)
      try {
        t.ok(resp().decoder().decode(reader) === NEED_MORE || bomb.startsWith('$'), bomb)
      } catch (error) {
        t.ok(error instanceof DecodeError, bomb)
      }
    }
  }
  t.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024)
})

t.test('a target tells what is wrong', async (t) => {
  const codec = {
    ...line(),
    decoder: () => ({
      decode: (src: ByteReader) => {
        if (src.length > 2 && src.u8(0) === 0x21) throw new TypeError('oh')
        return src.length < 3 ? NEED_MORE : src.takeLatin1(3)
      }
    })
  }
  const target = fuzzTarget(codec)
  target(Buffer.from('abcdef'))
  target(Buffer.from('abc!'))
  t.throws(() => target(Buffer.from('abc!ef')), CodecFault)
  t.throws(() => target(Buffer.from('abc!ef')), { kind: 'threw', message: /TypeError: oh/ })
})
