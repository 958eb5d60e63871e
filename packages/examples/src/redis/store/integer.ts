/** The longest text of a signed 64-bit integer. */
export const INTEGER_LENGTH = 20

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)
/** So many digits are always a safe integer. */
const SAFE_DIGITS = 15

/**
 * The signed 64-bit integer that `bytes[start…end)` spells, undefined when it spells none. No sign but a minus, no
 * leading zeros, no spaces. A number where that is exact, otherwise a bigint.
 */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number | bigint | undefined {
  const negative = bytes[start] === 0x2d && end > start
  const first = negative ? start + 1 : start
  const digits = end - first
  if (digits <= 0 || end - start > INTEGER_LENGTH) return undefined
  if (bytes[first] === 0x30) return digits === 1 && !negative ? 0 : undefined
  let value = 0
  for (let at = first; at < end; at++) {
    const digit = bytes[at] - 0x30
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  if (digits <= SAFE_DIGITS) return negative ? -value : value
  const exact = BigInt(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'))
  return inInt64(exact) ? narrow(exact) : undefined
}

/** Whether a signed 64-bit integer can be this. */
export function inInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64
}

/** The same as a number, where that is exact. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The sum, undefined when it has more than 64 bits. */
export function addIntegers(a: number | bigint, b: number | bigint): number | bigint | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  const exact = BigInt(a) + BigInt(b)
  return inInt64(exact) ? narrow(exact) : undefined
}

/** Writes an integer so that it ends where `target` ends, and returns where it begins. */
export function formatInteger(value: number | bigint, target: Uint8Array): number {
  let at = target.length
  if (typeof value === 'bigint') {
    const text = value.toString()
    for (let index = text.length; index > 0; ) target[--at] = text.charCodeAt(--index)
    return at
  }
  let rest = Math.abs(value)
  do {
    const tenth = Math.floor(rest / 10)
    target[--at] = 0x30 + (rest - tenth * 10)
    rest = tenth
  } while (rest !== 0)
  if (value < 0) target[--at] = 0x2d
  return at
}
