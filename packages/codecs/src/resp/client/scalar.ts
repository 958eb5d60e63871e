import { latin1Text, type RawBuffer, utf8Text } from '@shiny/core/codec'
import { strictBigint, strictInteger } from '../integer.js'
import { RespFailure } from '../reply.js'
import { fault, show } from './fault.js'
import * as T from './types.js'
import type { RespValue } from './value.js'

const PLUS = 0x2b
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const DIGITS = /^[+-]?\d+$/

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
  ['-nan', Number.NaN]
])

/** The value of a type that is one line, whose text is `bytes[start…end)`. */
export function scalar(type: number, bytes: RawBuffer, start: number, end: number): RespValue {
  switch (type) {
    case T.STATUS:
      return isOk(bytes, start, end) ? 'OK' : utf8Text(bytes, start, end)
    case T.INTEGER:
      return integer(bytes, start, end)
    case T.FAILURE:
      return new RespFailure(utf8Text(bytes, start, end))
    case T.NULL:
      if (start !== end) throw fault('a null with something in it')
      return null
    case T.BOOLEAN:
      return boolean(bytes, start, end)
    case T.DOUBLE:
      return double(latin1Text(bytes, start, end))
    case T.BIG_NUMBER:
      return bigNumber(latin1Text(bytes, start, end))
    default:
      throw fault(`unknown type ${show(type)}`)
  }
}

function isOk(bytes: RawBuffer, start: number, end: number): boolean {
  return end - start === 2 && bytes[start] === 0x4f && bytes[start + 1] === 0x4b
}

/** Of 64 bits; a number where that is exact. */
function integer(bytes: RawBuffer, start: number, end: number): number | bigint {
  const from = bytes[start] === PLUS && bytes[start + 1] !== T.FAILURE ? start + 1 : start
  const value = strictInteger(bytes, from, end)
  if (Number.isSafeInteger(value)) return value
  const exact = strictBigint(bytes, from, end)
  if (exact === undefined) throw fault('invalid integer')
  return exact
}

function boolean(bytes: RawBuffer, start: number, end: number): boolean {
  const letter = end - start === 1 ? bytes[start] : 0
  if (letter !== 0x74 && letter !== 0x66) throw fault('invalid boolean')
  return letter === 0x74
}

function double(text: string): number {
  const special = SPECIAL.get(text)
  if (special !== undefined) return special
  if (!DECIMAL.test(text)) throw fault('invalid double')
  return Number(text)
}

function bigNumber(text: string): bigint {
  if (!DIGITS.test(text)) throw fault('invalid big number')
  return BigInt(text)
}
