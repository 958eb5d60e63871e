import { DecodeError, type ErrorCode } from '@shiny/core/codec'
import type { RespLimits } from './options.js'

/** Why bytes are refused. The native plan uses the same numbers. */
export const Refusal = {
  bigInline: 1,
  unbalancedQuotes: 2,
  bigCount: 3,
  badCount: 4,
  bigBulkCount: 5,
  notBulk: 6,
  badBulk: 7,
  noCrlf: 8,
  tooManyArguments: 9,
  bulkTooLong: 10
} as const

/** One of the numbers of {@link Refusal}. */
export type Refusal = (typeof Refusal)[keyof typeof Refusal]

/** Code and text of each refusal; the texts are those of Redis, but for `expected CRLF`, which Redis does not check. */
const texts: Record<Refusal, readonly [ErrorCode, string]> = {
  [Refusal.bigInline]: ['ERR_FRAME_TOO_LONG', 'too big inline request'],
  [Refusal.unbalancedQuotes]: ['ERR_MALFORMED', 'unbalanced quotes in request'],
  [Refusal.bigCount]: ['ERR_FRAME_TOO_LONG', 'too big mbulk count string'],
  [Refusal.badCount]: ['ERR_MALFORMED', 'invalid multibulk length'],
  [Refusal.bigBulkCount]: ['ERR_FRAME_TOO_LONG', 'too big bulk count string'],
  [Refusal.notBulk]: ['ERR_MALFORMED', "expected '$', got "],
  [Refusal.badBulk]: ['ERR_MALFORMED', 'invalid bulk length'],
  [Refusal.noCrlf]: ['ERR_MALFORMED', 'expected CRLF'],
  [Refusal.tooManyArguments]: ['ERR_TOO_MANY_ELEMENTS', 'invalid multibulk length'],
  [Refusal.bulkTooLong]: ['ERR_FRAME_TOO_LONG', 'invalid bulk length']
}

/** What Redis says of numbers that only a client may not announce that has yet to authenticate. */
const BEFORE_AUTH: readonly [ErrorCode, string] = ['ERR_TOO_MANY_ELEMENTS', 'unauthenticated multibulk length']
const BULK_BEFORE_AUTH: readonly [ErrorCode, string] = ['ERR_FRAME_TOO_LONG', 'unauthenticated bulk length']

function rowOf(reason: number, detail: number, own: RespLimits | undefined) {
  if (own !== undefined && detail >= 0) {
    if (reason === Refusal.tooManyArguments && detail <= own.maxArguments) return BEFORE_AUTH
    if (reason === Refusal.bulkTooLong && detail <= own.maxBulk) return BULK_BEFORE_AUTH
  }
  return texts[reason as Refusal]
}

/**
 * The error for a refusal. `detail` is the byte found where a `$` was expected, or the number announced, -1 for a very large
 * one; `own` is what the codec would have allowed.
 */
export function refusal(reason: number, detail = 0, own?: RespLimits): DecodeError {
  const row: readonly [ErrorCode, string] | undefined = rowOf(reason, detail, own)
  if (row === undefined) return new DecodeError('ERR_MALFORMED', `Protocol error: unknown refusal ${reason}`)
  const [code, text] = row
  const byte = reason === Refusal.notBulk ? `'${String.fromCharCode(detail)}'` : ''
  return new DecodeError(code, `Protocol error: ${text}${byte}`)
}
