import type { RespAttributed, RespFailure, RespPush, RespVerbatim } from '../reply.js'

/**
 * What a server may say, in RESP2 or RESP3: simple and bulk strings as text (bulk strings as bytes, where the option `strings` says
 * so), errors of both kinds as {@link RespFailure}, integers as numbers, or bigints where a number would not be exact, big
 * numbers as bigints, doubles as numbers, booleans, every null as null, arrays, maps as Map, sets as Set, verbatim strings, and at the outside
 * {@link RespPush}, which answers nothing. A value with attributes is in a {@link RespAttributed}. Streamed strings and aggregates
 * are delivered whole, as the others are. Each can be sent on as a reply of {@link resp}.
 */
export type RespValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly RespValue[]
  | ReadonlyMap<RespValue, RespValue>
  | ReadonlySet<RespValue>
  | RespFailure
  | RespVerbatim
  | RespPush<RespValue>
  | RespAttributed<RespValue>

/**
 * One request: the command's name and its arguments, each sent as a bulk string; text in UTF-8, numbers in Redis's decimal
 * form.
 */
export type RespRequest = readonly (string | Uint8Array | number | bigint)[]
