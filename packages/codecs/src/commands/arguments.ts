import { type SchemaIssue, ShinyError, type StandardSchema } from '@shiny/core/codec'
import type { RespCommand } from '../resp/command.js'
import { texts } from './texts.js'

/** An error that says its own code, such as `ERR value is not an integer or out of range`. */
const CODED = /^[A-Z]+ /

/** What came of a request's arguments: what the schema makes of them, or the error. */
export type Arguments = { readonly value: unknown; readonly error?: undefined } | { readonly error: string }

/** Validates the words behind the first `names` ones. */
export function readArguments(
  schema: StandardSchema,
  command: RespCommand,
  names: number,
  fullName: string
): Arguments {
  const given: string[] = []
  for (let i = names; i < command.length; i++) given.push(command.text(i))
  const result = schema['~standard'].validate(given)
  if (result instanceof Promise) {
    result.catch(() => undefined)
    throw new ShinyError('ERR_OPTION', `${fullName}: args: expected a schema that validates synchronously`, {
      path: 'args'
    })
  }
  if (result.issues === undefined) return { value: result.value }
  return { error: textOf(result.issues[0], given.length, fullName) }
}

/** In Redis's words, unless the schema has the client's own. */
function textOf(issue: SchemaIssue | undefined, given: number, fullName: string): string {
  if (issue !== undefined && CODED.test(issue.message)) return issue.message
  const [first] = issue?.path ?? []
  const key = typeof first === 'object' ? first.key : first
  // About all of them together, or about one that is not there.
  if (key === undefined || Number(key) >= given) return texts.wrongArity(fullName)
  return texts.syntax
}
