import { inspect, isDeepStrictEqual } from 'node:util'

/** A copy of a message that stays as it is when what the message borrows is overwritten. */
export function snapshot(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (Array.isArray(value)) return value.map(snapshot)
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [snapshot(key), snapshot(entry)]))
  if (value instanceof Set) return new Set([...value].map(snapshot))
  if (value instanceof Error || value instanceof Date || ArrayBuffer.isView(value)) return value
  const copy = Object.create(Object.getPrototypeOf(value)) as Record<string, unknown>
  for (const [key, entry] of Object.entries(value)) copy[key] = snapshot(entry)
  return copy
}

/** Whether two snapshots are the same. */
export function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other)
}

/** A snapshot as a person reads it. */
export function show(value: unknown): string {
  const text = inspect(value, {
    depth: 6,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 40,
    maxStringLength: 200
  })
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}
