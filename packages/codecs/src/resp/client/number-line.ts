import type { RawBuffer } from '@shiny/core/codec'

const CR = 0x0d
const LF = 0x0a
const MINUS = 0x2d
const ZERO = 0x30

/** Digits of each half of a number: halves are small integers, which are quicker than what a sum of fifteen digits needs. */
const HALF = 9
/** Any number of so many digits is exact. */
const MOST = 15
const POWERS = Array.from({ length: HALF }, (_, power) => 10 ** power)

/** Where the line ends whose number {@link numberLine} has read last; -1 where it has read none. */
export let numberEnd = -1

/**
 * The number of up to fifteen digits, negative or not, that makes up the line from `from` on, when its end is there. All else is left to the
 * strict rules: `numberEnd` is -1 then.
 */
export function numberLine(bytes: RawBuffer, from: number, end: number): number {
  numberEnd = -1
  const first = bytes[from] === MINUS ? from + 1 : from
  const last = end - 1
  let at = first
  let high = 0
  for (const limit = Math.min(last, first + HALF); at < limit; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) break
    high = high * 10 + digit
  }
  const middle = at
  let low = 0
  if (middle === first + HALF) {
    for (const limit = Math.min(last, first + MOST); at < limit; at++) {
      const digit = (bytes[at] as number) - ZERO
      if (digit < 0 || digit > 9) break
      low = low * 10 + digit
    }
  }
  if (at >= last || bytes[at] !== CR || bytes[at + 1] !== LF || at === first) return 0
  if (bytes[first] === ZERO && (at - first > 1 || first > from)) return 0
  numberEnd = at
  const number = at === middle ? high : high * (POWERS[at - middle] as number) + low
  return first > from ? -number : number
}
