/** Up to 2^62 Redis writes a whole number as an integer. */
const WHOLE = 2 ** 62

/**
 * A double as Redis 7.2 and later write it: `inf`, `-inf`, `nan`, whole numbers in full, otherwise the fewest digits that
 * give the number back, in exponent form where the point would stand far from them.
 */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (Number.isInteger(value) && Math.abs(value) <= WHOLE) return BigInt(value).toString()
  const magnitude = Math.abs(value)
  // Where both write the point in its place.
  if (magnitude >= 0.001 && magnitude < 10_000) return String(value)
  const [mantissa, power] = magnitude.toExponential().split('e') as [string, string]
  const text = place(mantissa.replace('.', ''), Number(power))
  return value < 0 ? `-${text}` : text
}

/** Places the point: `power` is that of the first digit. */
function place(digits: string, power: number): string {
  /** The power of the last digit. */
  const last = power - digits.length + 1
  if (last >= 0 && power < digits.length + 7) return digits + '0'.repeat(last)
  if (last < 0 && (last > -7 || Math.abs(power) < 4)) {
    if (power < 0) return `0.${'0'.repeat(-power - 1)}${digits}`
    return `${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${digits.charAt(0)}${fraction}e${power < 0 ? '-' : '+'}${Math.abs(power)}`
}
