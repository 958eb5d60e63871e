import { DecodeError, type RawBuffer } from '@shiny/core/codec'
import { Area, type MaskingKey } from './masking.js'
import { wholeUtf8 } from './utf8.js'

/** Content up to this many bytes is unmasked in memory that all connections share. */
const SHARED = 64 * 1024

/** Content below this many bytes is copied by a loop: cheaper than a view. */
const SHORT = 48

let shared: Area | undefined

/** The error for a text that is none. */
export function notUtf8(): DecodeError {
  return new DecodeError('ERR_INVALID_MESSAGE', 'a text is not UTF-8')
}

/** The text in `memory[from, from + length)`, from which `key` is taken unless it is null. */
export function textOf(memory: RawBuffer, from: number, length: number, key: MaskingKey | null): string {
  if (length === 0) return ''
  if (key === null) return checkedText(memory, from, from + length)
  const area = room(length)
  if (key.put(memory, from, length, area, 0)) return area.bytes.latin1Slice(0, length)
  return checkedText(area.bytes, 0, length)
}

/** A copy of the bytes `memory[from, from + length)`, from which `key` is taken unless it is null. */
export function bytesOf(memory: RawBuffer, from: number, length: number, key: MaskingKey | null): Uint8Array {
  if (key === null) return new Uint8Array(memory.subarray(from, from + length))
  if (length > SHARED) {
    const area = Area.of(length)
    key.put(memory, from, length, area, 0)
    return new Uint8Array(area.bytes.buffer, 0, length)
  }
  const area = room(length)
  key.put(memory, from, length, area, 0)
  const bytes = new Uint8Array(length)
  if (length < SHORT) for (let i = 0; i < length; i++) bytes[i] = area.bytes[i] as number
  else bytes.set(area.bytes.subarray(0, length))
  return bytes
}

/** What is no UTF-8 becomes U+FFFD, so that bytes need a look of our own only where that stands in the text. */
function checkedText(bytes: RawBuffer, start: number, end: number): string {
  const text = bytes.utf8Slice(start, end)
  if (text.includes('\ufffd') && wholeUtf8(bytes, start, end) !== end) throw notUtf8()
  return text
}

function room(length: number): Area {
  if (length > SHARED) return Area.of(length)
  shared ??= Area.of(SHARED)
  return shared
}
