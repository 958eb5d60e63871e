// Random mutations of the frames of every codec in the box: node fuzz-codecs.js [--count N] [--seed N] [--codec NAME]

import { parseArgs } from 'node:util'
import { nativeUnavailable } from '../../codecs/support/native.js'
import { corpora } from './corpora.js'
import { fuzz } from './fuzz.js'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    codec: { type: 'string' }
  }
})
const chosen = corpora.filter(({ name }) => values.codec === undefined || name === values.codec)
if (nativeUnavailable() !== false) console.log('the native plans take no part')
const each = Math.ceil(Number(values.count) / chosen.length)
let total = 0
for (const corpus of chosen) {
  const { count, bytes, slowest, growth } = fuzz(corpus, each, Number(values.seed))
  total += count
  const facts = [`${count} inputs`, `${(bytes / 1e6).toFixed(1)} MB`, `slowest ${slowest.toFixed(1)} ms`]
  console.log(`${corpus.name}: ${facts.join(', ')}, ${(growth / 1e6).toFixed(1)} MB more memory`)
}
console.log(`${total} inputs, 0 crashes, 0 hangs, 0 differences`)
