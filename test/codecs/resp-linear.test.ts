// No byte is looked at twice: what the decoder has seen is overwritten while a request comes in drips, so that one that
// looks again is led astray.

import { resp } from '@shiny/codecs'
import { ByteReader, NEED_MORE, type RawBuffer, rawBuffer } from '@shiny/core/codec'
import t from 'tap'

function memoryOf(text: string): RawBuffer {
  const memory = rawBuffer(text.length)
  memory.latin1Write(text, 0)
  return memory
}

/** Feeds all but the end in steps; `seen` tells up to where the bytes may be spoilt. */
function drip(memory: RawBuffer, step: number, seen: (end: number) => number): { length: number } | undefined {
  const decoder = resp().decoder()
  const reader = new ByteReader()
  let spoilt = 0
  for (let end = step; end < memory.length; end += step) {
    reader.reset(memory, 0, end)
    if (decoder.decode(reader) !== NEED_MORE) return undefined
    const safe = seen(end)
    if (safe > spoilt) memory.fill(0, spoilt, safe)
    spoilt = Math.max(spoilt, safe)
  }
  reader.reset(memory, 0, memory.length)
  const message = decoder.decode(reader)
  return message === NEED_MORE ? undefined : { length: message.length }
}

/** Whole lines before `end`. */
function lines(memory: RawBuffer): (end: number) => number {
  return (end) => (end < 2 ? 0 : memory.lastIndexOf('\n', end - 2) + 1)
}

// Quadratic work would run into the runner's limit of time.
t.test('a million arguments, 7 bytes at a time', async (t) => {
  const memory = memoryOf(`*1048576\r\n${'$1\r\nx\r\n'.repeat(1_048_576)}`)
  t.strictSame(drip(memory, 7, lines(memory)), { length: 1_048_576 })
})

t.test('a long inline command, byte by byte', async (t) => {
  const memory = memoryOf(`${'x'.repeat(65_000)}\n`)
  t.strictSame(
    drip(memory, 1, () => 0),
    { length: 1 }
  )
})

t.test('a long line of no use is refused in linear time', async (t) => {
  const decoder = resp({ maxLine: 4_000_000 }).decoder()
  const reader = new ByteReader()
  const memory = memoryOf('x'.repeat(4_000_001))
  t.throws(
    () => {
      for (let end = 16; ; end += 16) {
        reader.reset(memory, 0, Math.min(end, memory.length))
        decoder.decode(reader)
      }
    },
    { code: 'ERR_FRAME_TOO_LONG' }
  )
})
