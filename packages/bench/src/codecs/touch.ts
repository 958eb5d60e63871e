/** What can be told of a text at a glance. */
export function touchText(text: string): number {
  return text.length + text.charCodeAt(text.length - 1)
}

/** What can be told of bytes at a glance. */
export function touchBytes(bytes: Uint8Array): number {
  return bytes.length + (bytes[bytes.length - 1] as number)
}

/** The same of any value that a format makes. */
export function touchValue(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return touchText(value)
  if (Array.isArray(value)) return value.length + touchValue(value[value.length - 1])
  return value === null ? 0 : 1
}

const PRIME = 16_777_619

/** What can be told of a value and all that is in it: of any two that differ it is nearly always another. */
export function digest(value: unknown, seed = 2_166_136_261): number {
  if (value instanceof Uint8Array) return value.reduce((sum, byte) => Math.imul(sum ^ byte, PRIME), seed ^ value.length)
  if (typeof value === 'string') return digest(Buffer.from(value), seed)
  if (Array.isArray(value)) return value.reduce((sum: number, element) => digest(element, sum), seed ^ value.length)
  if (typeof value === 'object' && value !== null) return digest(Object.entries(value), seed)
  return digest(`${typeof value} ${String(value)}`, seed)
}
