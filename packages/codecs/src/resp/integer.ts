const MINUS = 0x2d
const ZERO = 0x30

/** The most characters that a signed 64-bit integer can have. */
const MAX_CHARACTERS = 20
const BILLION = 1_000_000_000
const BIG_BILLION = 1_000_000_000n

/** The digits of 2^63, in front of and among the last nine. */
const LIMIT_HIGH = 9_223_372_036
const LIMIT_LOW = 854_775_808

/** What the last call of {@link parse} read, in two parts that a number holds exactly: its magnitude is `high` × 10^9 + `low`. */
let high = 0
let low = 0
let negative = false

/**
 * Reads a signed 64-bit integer by RESP's rules: at least one digit, at most 20 characters, no plus sign, no leading
 * zero, no `-0`, nothing else. Answers whether it is one.
 */
function parse(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  negative = bytes[at] === MINUS && at < end
  if (negative) at += 1
  const digits = end - at
  if (digits < 1 || end - start > MAX_CHARACTERS || digits > 19) return false
  if (bytes[at] === ZERO && (digits > 1 || negative)) return false
  const split = end - 9
  high = 0
  low = 0
  for (; at < split; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) return false
    high = high * 10 + digit
  }
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) return false
    low = low * 10 + digit
  }
  if (high < LIMIT_HIGH) return true
  return high === LIMIT_HIGH && low <= (negative ? LIMIT_LOW : LIMIT_LOW - 1)
}

/**
 * The signed 64-bit integer in `bytes[start…end)` by RESP's strict rules, or NaN. Beyond 2^53 its magnitude is rounded.
 */
export function strictInteger(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 1) {
    const digit = (bytes[start] as number) - ZERO
    return digit >= 0 && digit <= 9 ? digit : Number.NaN
  }
  if (!parse(bytes, start, end)) return Number.NaN
  const magnitude = high * BILLION + low
  return negative ? -magnitude : magnitude
}

/** The same as a bigint, exactly, or undefined. */
export function strictBigint(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  if (!parse(bytes, start, end)) return undefined
  const magnitude = BigInt(high) * BIG_BILLION + BigInt(low)
  return negative ? -magnitude : magnitude
}
