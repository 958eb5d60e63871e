import { ShinyError } from '@shiny/core/codec'

/** A value as an error message shows it: short, and never the whole of something large. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  if (typeof value === 'string')
    return value.length > 40 ? `${JSON.stringify(value.slice(0, 40))}…` : JSON.stringify(value)
  if (typeof value === 'bigint') return 'a bigint'
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (Array.isArray(value)) return 'an array'
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
  return name === undefined || name === 'Object' ? 'a plain object' : `an object of class ${String(name)}`
}

/** The error for an option that is not what was expected. */
export function optionError(path: string, expected: string, value: unknown): ShinyError {
  return new ShinyError('ERR_OPTION', `${path}: expected ${expected}, got ${describe(value)}`, { path })
}

/** Refuses options that are no object and names that are not `known`, so that a misspelt one is not silently the default. */
export function checkOptions(codec: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw optionError('options', `an object of options of ${codec}()`, options)
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const expected = known.length === 0 ? 'no options' : `one of ${known.join(', ')}`
    throw new ShinyError('ERR_OPTION', `${name}: unknown option of ${codec}(), expected ${expected}`, { path: name })
  }
}

/** An integer from `least` to `most`, or `fallback` where none was given. */
export function integerOption(path: string, value: unknown, fallback: number, least: number, most: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw optionError(path, `an integer from ${least} to ${most}`, value)
}

/** One of `choices`, or `fallback` where none was given. */
export function choiceOption<T extends string | boolean>(
  path: string,
  value: unknown,
  fallback: T,
  choices: readonly T[]
): T {
  if (value === undefined) return fallback
  if (choices.includes(value as T)) return value as T
  throw optionError(path, choices.map((choice) => JSON.stringify(choice)).join(' or '), value)
}

/** The longest frame that any codec here can be told to take, in bytes. */
export const MOST = 2 ** 30

/** A limit of bytes, or Infinity where none was given. */
export function lengthOption(path: string, value: unknown): number {
  return value === undefined ? Number.POSITIVE_INFINITY : integerOption(path, value, 0, 0, MOST)
}

/** The error for a message that a library could not encode. */
export function unencodable(codec: string, cause: unknown): ShinyError {
  const told = cause instanceof Error ? cause.message : String(cause)
  return new ShinyError('ERR_INVALID_MESSAGE', `${codec}(): ${told}`, { origin: 'encode', cause })
}

/** The error for a message of a type that a format or codec cannot encode. */
export function unsendable(codec: string, message: unknown, expected: string): ShinyError {
  return new ShinyError('ERR_MESSAGE_TYPE', `${codec}(): cannot send ${describe(message)}, expected ${expected}`, {
    origin: 'encode'
  })
}
