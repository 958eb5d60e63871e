import { DecodeError, type ErrorCode } from '@shiny/core/codec'

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

/** The error for a refusal; `byte` is the one found where a `$` was expected. */
export function refusal(reason: number, byte = 0): DecodeError {
  const row = texts[reason as Refusal]
  if (row === undefined) return new DecodeError('ERR_MALFORMED', `Protocol error: unknown refusal ${reason}`)
  const [code, text] = row
  const detail = reason === Refusal.notBulk ? `'${String.fromCharCode(byte)}'` : ''
  return new DecodeError(code, `Protocol error: ${text}${detail}`)
}
