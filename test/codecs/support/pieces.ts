/** Bytes of a text whose characters are bytes. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

/** The bytes cut at the given offsets. */
export function cut(bytes: Uint8Array, ...offsets: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let from = 0
  for (const to of [...offsets, bytes.length]) {
    pieces.push(bytes.subarray(from, to))
    from = to
  }
  return pieces
}

/** Inputs up to this long are cut in three in every way too. */
const SMALL = 36

/** Every way to cut the bytes in two, byte by byte, and, where they are few, every way to cut them in three. */
export function* everySplit(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let first = 1; first < bytes.length; first++) yield cut(bytes, first)
  yield cut(bytes, ...Array.from({ length: Math.max(bytes.length - 1, 0) }, (_, i) => i + 1))
  if (bytes.length > SMALL) return
  for (let first = 1; first < bytes.length; first++) {
    for (let second = first + 1; second < bytes.length; second++) yield cut(bytes, first, second)
  }
}

/** The pieces as a test shows them that failed. */
export function describePieces(pieces: readonly Uint8Array[]): string {
  return pieces.map((piece) => JSON.stringify(Buffer.from(piece).toString('latin1'))).join(' + ')
}

/** Random numbers below `limit`, the same for the same seed. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}
