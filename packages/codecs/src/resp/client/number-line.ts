import type { RawBuffer } from '@shiny/core/codec'

const CR = 0x0d
const LF = 0x0a
const MINUS = 0x2d
const ZERO = 0x30

/** So many digits are a small integer, with which the runtime is quickest. */
const SMALL = 9
/** Any number of so many digits is exact. */
const EXACT = 15

/** What {@link shortNumber} answers where there is none. */
export const NO_NUMBER = -1

/** Where the line ends whose number was read last. */
export let numberEnd = 0

/** The number of up to nine digits that makes up the line from `from` on, when its end is there; NO_NUMBER for all else. */
export function shortNumber(bytes: RawBuffer, from: number, end: number): number {
  let number = 0
  let at = from
  const limit = Math.min(end, from + SMALL + 1)
  for (; at < limit; at++) {
    const digit = ((bytes[at] as number) - ZERO) >>> 0
    if (digit > 9) break
    number = (Math.imul(number, 10) + digit) | 0
  }
  const digits = at - from
  if (digits === 0 || digits > SMALL || (digits > 1 && bytes[from] === ZERO)) return NO_NUMBER
  if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return NO_NUMBER
  numberEnd = at
  return number
}

/** The same of up to fifteen digits, negative or not; undefined for all else. */
export function integerLine(bytes: RawBuffer, from: number, end: number): number | undefined {
  const isNegative = from < end && bytes[from] === MINUS
  const first = isNegative ? from + 1 : from
  let small = 0
  let at = first
  const limit = Math.min(end, first + SMALL)
  for (; at < limit; at++) {
    const digit = ((bytes[at] as number) - ZERO) >>> 0
    if (digit > 9) break
    small = (Math.imul(small, 10) + digit) | 0
  }
  if (at === first || at + 1 >= end) return undefined
  if (bytes[first] === ZERO && (at > first + 1 || isNegative)) return undefined
  if (bytes[at] !== CR) return longer(bytes, small, at, end, isNegative)
  if (bytes[at + 1] !== LF) return undefined
  numberEnd = at
  return isNegative ? 0 - small : small
}

/** Goes on behind the first nine digits, which are `small`. */
function longer(bytes: RawBuffer, small: number, from: number, end: number, isNegative: boolean): number | undefined {
  let rest = 0
  let power = 1
  let at = from
  const limit = Math.min(end, from + EXACT - SMALL)
  for (; at < limit; at++) {
    const digit = ((bytes[at] as number) - ZERO) >>> 0
    if (digit > 9) break
    rest = (Math.imul(rest, 10) + digit) | 0
    power = Math.imul(power, 10)
  }
  if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return undefined
  numberEnd = at
  const number = small * power + rest
  return isNegative ? -number : number
}
