import type { Codec } from '../codec/index.js'
import { Bench } from './verify/bench.js'
import { CodecFault } from './verify/codec-fault.js'
import { cut } from './verify/pieces.js'
import type { VerifyOptions } from './verify/vectors.js'

/** How a fuzz target looks at its codec. */
export type FuzzOptions<In, Shown> = Pick<VerifyOptions<In, Shown>, 'show' | 'merge' | 'framer'>

/**
 * Makes a function that may be given any bytes, by a fuzzer or by a test: they must come to messages and DecodeErrors, the same whole
 * and in pieces, and the same by the native plan where `framer` is given; in a bounded number of steps, keeping no more than
 * `maxBuffered`. Where the bytes are cut depends on the bytes alone.
 *
 * @throws {@link CodecFault} (the function) with the bytes that prove the fault.
 *
 * @example
 * ```ts
 * import { fuzzTarget } from '@shiny/core/testing'
 * import { line } from '@shiny/codecs'
 *
 * const target = fuzzTarget(line())
 * target(new Uint8Array([0x61, 0x0a, 0xff]))
 * ```
 */
export function fuzzTarget<In, Out, Shown = In>(
  codec: Codec<In, Out>,
  options: FuzzOptions<NoInfer<In>, Shown> = {}
): (bytes: Uint8Array) => void {
  const bench = new Bench(codec as Codec<unknown, never>, options as VerifyOptions<never, unknown>)
  return (bytes) => {
    const pieces = inPieces(bytes)
    try {
      bench.expect(pieces, bench.run([bytes]).events, bytes.length)
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error
      throw error.at({ codec: codec.name, pieces, ...error.place })
    }
  }
}

/** Up to four pieces. */
function inPieces(bytes: Uint8Array): Uint8Array[] {
  let hash = bytes.length
  for (const byte of bytes.subarray(0, 64)) hash = (Math.imul(hash, 31) + byte) >>> 0
  const places = [hash, hash >>> 8, hash >>> 16].map((number) => number % (bytes.length + 1))
  return cut(
    bytes,
    places.sort((a, b) => a - b)
  )
}
