import {
  type ByteReader,
  type ByteWriter,
  type ComposableCodec,
  checkSchema,
  type Format,
  type SchemaOutput,
  type StandardSchema
} from '@shiny/core/codec'
import { line } from '../line/line.js'
import type { LineOptions } from '../line/options.js'
import { optionError, unencodable, unsendable } from '../options.js'

/** What {@link json} is: a function that makes a format, and one that makes a codec of lines of it. */
export interface Json {
  /**
   * A frame or a datagram is a JSON text in UTF-8. What does not parse, or does not pass `schema`, costs that frame alone: it is a recoverable
   * ERR_INVALID_MESSAGE, which names the path of what is wrong. A schema of zod, valibot, arktype or whatever follows Standard Schema says what
   * the messages are; it must answer synchronously. Without one they are `unknown`.
   *
   * Anything that `JSON.stringify` makes a text of may be sent; what it makes none of, as of undefined, throws ERR_MESSAGE_TYPE, and what it
   * refuses, as a circle or a bigint, throws ERR_INVALID_MESSAGE.
   *
   * How long and deep a message may be is for the framer to say by its `maxLength`.
   *
   * @throws ShinyError ERR_OPTION where `schema` is no schema
   */
  (): Format<unknown>
  <S extends StandardSchema>(schema: S): Format<SchemaOutput<S>, unknown>
  /** A codec of JSON texts, one on each line: `line(options).of(json(schema))`. */
  lines(): ComposableCodec<unknown>
  /** The same with messages that pass `schema`. */
  lines<S extends StandardSchema>(schema: S, options?: LineOptions): ComposableCodec<SchemaOutput<S>, unknown>
  /** The same without a schema, for lines with options. */
  lines(schema: undefined, options?: LineOptions): ComposableCodec<unknown>
}

function format(schema?: StandardSchema): Format<unknown> {
  if (schema !== undefined && typeof schema?.['~standard']?.validate !== 'function')
    throw optionError('schema', 'a Standard Schema', schema)
  return Object.freeze({
    name: 'json',
    maxLength: Number.POSITIVE_INFINITY,
    decode: schema === undefined ? parse : (src: ByteReader) => checkSchema(schema, parse(src)),
    encode
  })
}

function parse(src: ByteReader): unknown {
  return JSON.parse(src.takeUtf8(src.length))
}

function encode(message: unknown, dst: ByteWriter): void {
  const text = stringify(message)
  if (text === undefined) throw unsendable('json', message, 'something that JSON can tell')
  dst.utf8(text)
}

/** `JSON.stringify` answers undefined for what is no JSON, whatever its declaration says. */
function stringify(message: unknown): string | undefined {
  try {
    return JSON.stringify(message)
  } catch (cause) {
    throw unencodable('json', cause)
  }
}

/** See {@link Json}. */
export const json: Json = Object.freeze(
  Object.assign(format, {
    lines: (schema?: StandardSchema, options: LineOptions = {}) => line(options).of(format(schema))
  })
) as Json
