import { DecodeError, ShinyError } from '../../errors/index.js'
import type { Codec } from '../contract.js'
import { mapped } from './mapped.js'
import type { SchemaIssue, SchemaOutput, StandardSchema } from './standard-schema.js'

/** A codec whose incoming messages must pass a schema; one that does not is refused alone, with the path of what is wrong. */
export function validated<In, Out, S extends StandardSchema>(
  codec: Codec<In, Out>,
  schema: S
): Codec<SchemaOutput<S>, Out> {
  return mapped(codec, {
    in: (message: In) => checkSchema(schema, message),
    out: (message: Out) => message
  })
}

/**
 * The value that a schema makes of `value`.
 *
 * @throws DecodeError ERR_INVALID_MESSAGE, recoverable, when it does not pass; ShinyError ERR_OPTION for a schema that answers by a
 * promise, since decoding cannot wait.
 */
export function checkSchema<S extends StandardSchema>(schema: S, value: unknown): SchemaOutput<S> {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) {
    result.catch(() => undefined)
    throw new ShinyError('ERR_OPTION', 'schema: expected one that validates synchronously', { path: 'schema' })
  }
  if (result.issues === undefined) return result.value as SchemaOutput<S>
  throw new DecodeError('ERR_INVALID_MESSAGE', result.issues.map(describe).join('; '), {
    recoverable: true,
    cause: result.issues
  })
}

function describe({ path, message }: SchemaIssue): string {
  if (path === undefined || path.length === 0) return message
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return `${keys.join('.')}: ${message}`
}
