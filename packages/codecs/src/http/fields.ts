import { type ByteWriter, ShinyError } from '@shiny/core/codec'
import { unsendable } from '../options.js'
import type { HttpFieldsInit } from './message.js'
import { HttpRefusal } from './refusal.js'

/** A name of a field, or a method: RFC 9110, section 5.6.2. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** A value of a field, or a reason: no control characters but the tabulator. */
export const VALUE = /^[\t -~\x80-\xff]*$/

/** Fields that mean something else, or nothing, when they come twice: whoever stands in front might have taken the other one. */
const ONCE: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'content-type',
  'host',
  'origin',
  'sec-websocket-accept',
  'sec-websocket-key',
  'sec-websocket-version'
])

/** Reads the line of a field into `fields`. */
export function readField(line: string, fields: Map<string, string>): void {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0))
  if (!TOKEN.test(name)) throw new HttpRefusal(400, 'a field has no name, or blanks around it')
  const value = withoutBlanks(line, colon + 1)
  if (!VALUE.test(value)) throw new HttpRefusal(400, 'a field has a control character in its value')
  const key = name.toLowerCase()
  const before = fields.get(key)
  if (before !== undefined && ONCE.has(key)) throw new HttpRefusal(400, `there are two fields ${key}`)
  fields.set(key, before === undefined ? value : `${before}${key === 'cookie' ? '; ' : ', '}${value}`)
}

/** Writes fields as lines. Their names and values may come from anywhere, so that each is looked at. */
export function writeFields(fields: HttpFieldsInit, dst: ByteWriter): void {
  for (const [name, values] of Object.entries(fields)) {
    if (values === undefined) continue
    if (!TOKEN.test(name)) throw unfit(`a field cannot be named ${JSON.stringify(name)}`)
    for (const value of typeof values === 'string' ? [values] : values) {
      if (typeof value !== 'string') throw unsendable('httpHead', value, `a string for ${name}`)
      if (!VALUE.test(value)) throw unfit(`the field ${name} has characters that a head cannot have`)
      dst.latin1(`${name}: ${value}\r\n`)
    }
  }
}

/** The elements of a field that is a list, but for empty ones. */
export function listOf(value: string | undefined): string[] {
  if (value === undefined) return []
  return value
    .split(',')
    .map((element) => withoutBlanks(element, 0))
    .filter((element) => element !== '')
}

/** The error for a head that would be read as something else. */
export function unfit(told: string): ShinyError {
  return new ShinyError('ERR_INVALID_MESSAGE', told, { origin: 'encode' })
}

/** `trim` would take more than blanks and tabulators. */
function withoutBlanks(text: string, from: number): string {
  let start = from
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09
}
