import { fuzzTarget } from '@shiny/core/testing'
import { framer } from '@shiny/native'
import { nativeUnavailable } from '../../codecs/support/native.js'
import type { Corpus } from './corpora.js'
import { Mutator } from './mutator.js'

/** What came of a corpus's mutations. */
export interface Fuzzed {
  readonly count: number
  readonly bytes: number
  /** Milliseconds that the slowest input took. */
  readonly slowest: number
  /** Bytes of memory, in and outside the heap, that are in use now and were not before. */
  readonly growth: number
}

/** Gives `count` mutations of the corpus's frames to its codec. Throws at the first fault. */
export function fuzz({ codec, vectors, options }: Corpus, count: number, seed: number): Fuzzed {
  const all = [...(vectors.valid ?? []), ...(vectors.invalid ?? []), ...(vectors.eof ?? [])]
  const seeds = all.map(({ bytes }) => (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes))
  const mutator = new Mutator(seeds, seed)
  const target = fuzzTarget(codec, { ...options, ...(nativeUnavailable() === false && { framer }) } as object)
  const before = inUse()
  let bytes = 0
  let slowest = 0
  for (let i = 0; i < count; i++) {
    const input = mutator.next()
    const start = performance.now()
    target(input)
    slowest = Math.max(slowest, performance.now() - start)
    bytes += input.length
  }
  return { count, bytes, slowest, growth: inUse() - before }
}

function inUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
