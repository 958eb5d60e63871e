import type { RawBuffer } from '@shiny/core/codec'
import type { Offsets } from './offsets.js'

const SPACE = 0x20
const TAB = 0x09
const LF = 0x0a
const VT = 0x0b
const FF = 0x0c
const CR = 0x0d
const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27
const BACKSLASH = 0x5c

/** What may stand between words and behind a closing quote: `isspace` of C. */
function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR)
}

/** What ends an unquoted word. A vertical tab or a form feed in the middle of one belongs to it. */
function endsWord(byte: number): boolean {
  return isBlank(byte) && byte !== VT && byte !== FF
}

/**
 * Lists the words of the line `bytes[start…end)`, relative to `start`. Answers false where it met a quote: then the words
 * are not simply parts of the line, and {@link unquoteWords} must be asked.
 */
export function splitWords(bytes: Uint8Array, start: number, end: number, words: Offsets): boolean {
  let at = start
  for (;;) {
    while (at < end && isBlank(bytes[at] as number)) at += 1
    if (at === end) return true
    const word = at
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (byte > DOUBLE_QUOTE && byte !== SINGLE_QUOTE) continue
      if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) return false
      if (endsWord(byte)) break
    }
    words.push(word - start, at - start)
  }
}

/**
 * Writes the words of the line `bytes[start…end)`, without their quotes and with their escapes resolved, to `scratch`,
 * which has room for the line, and lists them. Answers false where quotes are not balanced.
 */
export function unquoteWords(
  bytes: Uint8Array,
  start: number,
  end: number,
  scratch: RawBuffer,
  words: Offsets
): boolean {
  let at = start
  let to = 0
  for (;;) {
    while (at < end && isBlank(bytes[at] as number)) at += 1
    if (at === end) return true
    const word = to
    let quote = 0
    for (; ; at++) {
      if (at === end) {
        if (quote !== 0) return false
        break
      }
      let byte = bytes[at] as number
      if (quote === 0) {
        if (endsWord(byte)) break
        if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) {
          quote = byte
          continue
        }
      } else if (byte === quote) {
        at += 1
        if (at < end && !isBlank(bytes[at] as number)) return false
        break
      } else if (byte === BACKSLASH && at + 1 < end) {
        if (quote === DOUBLE_QUOTE) {
          const code = bytes[at + 1] === 0x78 ? hexByte(bytes, at + 2, end) : -1
          byte = code >= 0 ? code : meaningOf(bytes[at + 1] as number)
          at += code >= 0 ? 3 : 1
        } else if (bytes[at + 1] === SINGLE_QUOTE) {
          byte = SINGLE_QUOTE
          at += 1
        }
      }
      scratch[to++] = byte
    }
    words.push(word, to)
  }
}

/** The byte that a backslash and `byte` stand for between double quotes. */
function meaningOf(byte: number): number {
  switch (byte) {
    case 0x6e:
      return LF
    case 0x72:
      return CR
    case 0x74:
      return TAB
    case 0x62:
      return 0x08
    case 0x61:
      return 0x07
    default:
      return byte
  }
}

/** The byte that two hexadecimal digits stand for, or -1. */
function hexByte(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return -1
  const high = hexDigit(bytes[at] as number)
  const low = hexDigit(bytes[at + 1] as number)
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
