/**
 * MessagePack, by the package `@msgpack/msgpack`, which you install beside shiny. It is the model of a format that stands on a library.
 *
 * @packageDocumentation
 */
import { Decoder, Encoder } from '@msgpack/msgpack'
import {
  type ByteReader,
  type ByteWriter,
  checkSchema,
  type Format,
  type SchemaOutput,
  type StandardSchema
} from '@shiny/core/codec'
import { checkOptions, choiceOption, integerOption, optionError, unencodable } from '../options.js'
import { Shorts } from './shorts.js'
import { Structure } from './structure.js'

/** Options of {@link msgpack}. */
export interface MsgpackOptions {
  /**
   * Receive integers of 64 bits as bigints and send bigints as such. Otherwise they are received as numbers, inexact above 2⁵³, and bigints
   * cannot be sent. Default: false.
   */
  readonly bigint?: boolean
  /** How deep arrays and maps may lie in each other, received or sent, from 1 to 1,000. Default: 100. */
  readonly maxDepth?: number
}

/**
 * A frame or a datagram is one value of MessagePack: maps are plain objects, binaries are `Uint8Array`s of the handler's own, timestamps are
 * `Date`s.
 *
 * ```wire
 * lengthPrefixed({ bytes: 1 }).of(msgpack())
 * ┌────────┬──────────────┐
 * │ 05     │ 81 A2 i d 01 │  ⇄ { id: 1 }
 * └────────┴──────────────┘
 *   length   content
 * ```
 *
 * What is no MessagePack, or does not pass `schema` (of zod, valibot, arktype or whatever follows Standard Schema), costs that frame alone: it
 * is a recoverable ERR_INVALID_MESSAGE, which names the path of what is wrong; what lies too deep is ERR_TOO_MANY_ELEMENTS. No array or
 * map is made whose elements are not there. What cannot be sent throws ERR_INVALID_MESSAGE.
 *
 * @throws ShinyError ERR_OPTION where `schema` is no schema, or an option is unknown, of the wrong type or out of range
 */
export function msgpack(schema?: undefined, options?: MsgpackOptions): Format<unknown>
export function msgpack<S extends StandardSchema>(schema: S, options?: MsgpackOptions): Format<SchemaOutput<S>, unknown>
export function msgpack(schema?: StandardSchema, options: MsgpackOptions = {}): Format<unknown> {
  if (schema !== undefined && typeof schema?.['~standard']?.validate !== 'function')
    throw optionError('schema', 'a Standard Schema', schema)
  checkOptions('msgpack', options, ['bigint', 'maxDepth'])
  const useBigInt64 = choiceOption('bigint', options.bigint, false, [false, true])
  const maxDepth = integerOption('maxDepth', options.maxDepth, 100, 1, 1000)
  const structure = new Structure(maxDepth)
  const decoder = new Decoder({ useBigInt64 })
  const shorts = new Shorts()
  // The library counts what lies in the innermost as one more.
  const encoder = new Encoder({ useBigInt64, maxDepth: maxDepth + 1 })
  return Object.freeze({
    name: 'msgpack',
    maxLength: Number.POSITIVE_INFINITY,
    decode: (src: ByteReader) => {
      structure.check(src.memory, src.position, src.position + src.length)
      // The library makes views of it for binaries; all else it copies itself.
      const value = decoder.decode(structure.hasBinary ? src.takeBytes(src.length) : shorts.view(src))
      return schema === undefined ? value : checkSchema(schema, value)
    },
    encode: (message: unknown, dst: ByteWriter) => dst.bytes(encoded(encoder, message))
  })
}

/** Lent until the encoder is used again. */
function encoded(encoder: Encoder, message: unknown): Uint8Array {
  try {
    return encoder.encodeSharedRef(message)
  } catch (cause) {
    throw unencodable('msgpack', cause)
  }
}
