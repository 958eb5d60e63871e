// verifyCodec over every codec in the box: no split, no neighbour and no engine makes a difference.

import { verifyCodec } from '@shiny/core/testing'
import { framer } from '@shiny/native'
import t from 'tap'
import { nativeUnavailable } from '../codecs/support/native.js'
import { corpora } from './support/corpora.js'

const unavailable = nativeUnavailable()
const total = { vectors: 0, splits: 0, rounds: 0, streams: 0 }

for (const { name, codec, vectors, options } of corpora) {
  t.test(name, async (t) => {
    const report = verifyCodec(codec, vectors, { ...options, ...(unavailable === false && { framer }) })
    const { splits, rounds, streams, native, workPerByte } = report
    t.ok(report.vectors > 0 && streams > splits)
    t.equal(native, unavailable === false && codec.native !== undefined)
    t.comment(
      `${report.vectors} vectors, ${splits} splits, ${rounds} rounds, ${streams} streams, ${workPerByte} operations a byte`
    )
    total.vectors += report.vectors
    total.splits += splits
    total.rounds += rounds
    total.streams += streams
  })
}

t.test('all together', async (t) => {
  const { vectors, splits, rounds, streams } = total
  t.ok(vectors > 300 && splits > 20_000)
  t.comment(`${vectors} vectors, ${splits} splits, ${rounds} rounds, ${streams} streams, 0 differences`)
})
