import type { RawBuffer } from '@shiny/core/codec'

const CR = 0x0d
const LF = 0x0a
const MINUS = 0x2d
const ZERO = 0x30

/** So many digits are a small integer, with which the runtime is quickest. */
const SMALL = 9
/** Any number of so many digits is exact. */
const EXACT = 15

/** Where the line ends whose number was read last. */
export let numberEnd = 0

/** The number of up to nine digits that makes up the line from `from` on, when its end is there; -1 for all else. */
export function shortNumber(bytes: RawBuffer, from: number, end: number): number {
  let number = 0
  let at = from
  const limit = Math.min(end, from + SMALL + 1)
  for (; at < limit; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) break
    number = Math.imul(number, 10) + digit
  }
  const digits = at - from
  if (digits === 0 || digits > SMALL || (digits > 1 && bytes[from] === ZERO)) return -1
  if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return -1
  numberEnd = at
  return number
}

/** The same of up to fifteen digits, negative or not; NaN for all else. */
export function longNumber(bytes: RawBuffer, from: number, end: number): number {
  const first = bytes[from] === MINUS ? from + 1 : from
  let number = 0
  let at = first
  const limit = Math.min(end, first + EXACT + 1)
  for (; at < limit; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) break
    number = number * 10 + digit
  }
  const digits = at - first
  if (digits === 0 || digits > EXACT || (bytes[first] === ZERO && (digits > 1 || first > from))) return Number.NaN
  if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return Number.NaN
  numberEnd = at
  return first > from ? -number : number
}
