const STAR = 0x2a
const QUESTION = 0x3f
const OPEN = 0x5b
const CLOSE = 0x5d
const CARET = 0x5e
const DASH = 0x2d
const BACKSLASH = 0x5c

/** What one place of a pattern accepts: any byte, one byte, or a set of bytes. */
type Place =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'byte'; readonly byte: number }
  | ByteSet

interface ByteSet {
  readonly kind: 'set'
  /** One entry a byte. */
  readonly accepts: Uint8Array
}

/**
 * A pattern by Redis's rules: `*` any bytes, `?` one byte, `[a-z]` and `[^a-z]` one byte of a set, `\` takes the
 * next byte literally, also in a set. Whatever the pattern, matching takes at most the product of both lengths: a
 * star that has matched is never tried again once a later one has.
 */
export class Glob {
  readonly #places: readonly Place[]

  constructor(pattern: Uint8Array) {
    this.#places = compile(pattern)
  }

  /** Whether the pattern matches everything. */
  get matchesAll(): boolean {
    return this.#places.length === 1 && this.#places[0].kind === 'star'
  }

  /** Whether it matches `bytes[start…end)` as a whole. */
  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const places = this.#places
    let place = 0
    let at = start
    /** The last star passed, and where what follows it is tried. */
    let star = -1
    let retry = start
    while (at < end) {
      const wanted = places[place]
      if (wanted?.kind === 'star') {
        star = place++
        retry = at
      } else if (wanted !== undefined && accepts(wanted, bytes[at])) {
        place++
        at++
      } else if (star >= 0) {
        place = star + 1
        at = ++retry
      } else return false
    }
    while (places[place]?.kind === 'star') place++
    return place === places.length
  }
}

function accepts(place: Place, byte: number): boolean {
  if (place.kind === 'byte') return place.byte === byte
  return place.kind === 'any' || (place.kind === 'set' && place.accepts[byte] === 1)
}

function compile(pattern: Uint8Array): Place[] {
  const places: Place[] = []
  for (let at = 0; at < pattern.length; at++) {
    const byte = pattern[at]
    if (byte === STAR) {
      if (places.at(-1)?.kind !== 'star') places.push({ kind: 'star' })
    } else if (byte === QUESTION) places.push({ kind: 'any' })
    else if (byte === OPEN) {
      const accepts = new Uint8Array(256)
      at = compileSet(pattern, at + 1, accepts)
      places.push({ kind: 'set', accepts })
    } else {
      if (byte === BACKSLASH && at + 1 < pattern.length) at++
      places.push({ kind: 'byte', byte: pattern[at] })
    }
  }
  return places
}

/** Reads a set from behind its bracket and returns where it ends: at the other bracket, or with the pattern. */
function compileSet(pattern: Uint8Array, start: number, accepts: Uint8Array): number {
  const negated = pattern[start] === CARET
  let at = negated ? start + 1 : start
  for (; at < pattern.length && pattern[at] !== CLOSE; at++) {
    if (pattern[at] === BACKSLASH && at + 1 < pattern.length) accepts[pattern[++at]] = 1
    else if (pattern[at + 1] === DASH && at + 2 < pattern.length) {
      const low = Math.min(pattern[at], pattern[at + 2])
      const high = Math.max(pattern[at], pattern[at + 2])
      accepts.fill(1, low, high + 1)
      at += 2
    } else accepts[pattern[at]] = 1
  }
  if (negated) for (let byte = 0; byte < 256; byte++) accepts[byte] ^= 1
  return at
}
