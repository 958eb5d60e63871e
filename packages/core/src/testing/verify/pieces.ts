import type { Random } from './random.js'

/** Bytes as a test writes them: themselves, or a text whose characters U+0000 to U+00FF stand for bytes. */
export type Bytes = Uint8Array | string

/** The bytes that a test means. */
export function bytesOf(bytes: Bytes): Uint8Array {
  return new Uint8Array(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
}

/** The bytes cut at the given offsets, which ascend. */
export function cut(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let from = 0
  for (const to of [...offsets, bytes.length]) {
    pieces.push(bytes.subarray(from, to))
    from = to
  }
  return pieces
}

/** Inputs up to this many bytes are cut in three in every way too. */
const SMALL = 36
/** Longer inputs are cut in two at so many places, and into as many drips, lest the work be quadratic. */
const MOST_PIECES = 4096

/** Every way to cut the bytes in two, drip by drip, and, where they are few, every way to cut them in three. */
export function* everySplit(bytes: Uint8Array): Generator<Uint8Array[]> {
  const step = Math.max(1, Math.ceil(bytes.length / MOST_PIECES))
  const places = Array.from({ length: Math.max(0, Math.ceil(bytes.length / step) - 1) }, (_, i) => (i + 1) * step)
  yield cut(bytes, places)
  for (const place of places) yield cut(bytes, [place])
  if (bytes.length > SMALL) return
  for (const first of places) for (const second of places) if (first < second) yield cut(bytes, [first, second])
}

/** The bytes in up to `most` pieces; some may be empty. */
export function randomPieces(bytes: Uint8Array, most: number, random: Random): Uint8Array[] {
  const offsets = Array.from({ length: random.below(most) }, () => random.below(bytes.length + 1))
  return cut(
    bytes,
    offsets.sort((a, b) => a - b)
  )
}

/** All pieces as one. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}
