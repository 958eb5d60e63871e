import type { RawBuffer } from './raw-buffer.js'

/** Texts of up to so many bytes are put together here; a call into the runtime costs as much as twenty characters. */
const SHORT = 16

const of = String.fromCharCode as (...units: readonly (number | undefined)[]) => string

/** bytes[start, end) decoded as UTF-8, ill-formed sequences as U+FFFD: `utf8Slice`, but for short texts of ASCII, which most are. */
export function utf8Text(bytes: RawBuffer, start: number, end: number): string {
  if (end - start > SHORT) return bytes.utf8Slice(start, end)
  let all = 0
  for (let at = start; at < end; at++) all |= bytes[at] as number
  return all > 0x7f ? bytes.utf8Slice(start, end) : unitsText(bytes, start, end - start)
}

/** bytes[start, end) as characters U+0000 to U+00FF: `latin1Slice`, but for short texts. */
export function latin1Text(bytes: RawBuffer, start: number, end: number): string {
  return end - start > SHORT ? bytes.latin1Slice(start, end) : unitsText(bytes, start, end - start)
}

/** The text of `count` bytes from `s` on. Only where all of its characters are named in one call is no array made of them. */
function unitsText(b: RawBuffer, s: number, count: number): string {
  // biome-ignore format: a table
  switch (count) {
    case 1: return of(b[s])
    case 2: return of(b[s], b[s + 1])
    case 3: return of(b[s], b[s + 1], b[s + 2])
    case 4: return of(b[s], b[s + 1], b[s + 2], b[s + 3])
    case 5: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4])
    case 6: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5])
    case 7: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6])
    case 8: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7])
    case 9: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8])
    case 10: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9])
    case 11: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10])
    case 12: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11])
    case 13: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12])
    case 14: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13])
    case 15: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14])
    case 16: return of(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15])
    default: return ''
  }
}
