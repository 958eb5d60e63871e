import type { SchemaInput, SchemaOutput, StandardSchema } from '@shiny/core'

/** Who calls a method. */
export interface Caller {
  readonly id: number
  /** Aborted when the connection has closed. A caller that has merely ended its side may still wait for the answer. */
  readonly signal: AbortSignal
}

/** A method: the schema that its parameters must pass, and what it does with them. */
export interface Method<S extends StandardSchema, Result> {
  readonly params: S
  readonly run: (params: SchemaOutput<S>, caller: Caller) => Result
}

/** A table of methods by their names. */
export type Methods = Readonly<Record<string, AnyMethod>>

/** A method of whatever parameters. */
export interface AnyMethod {
  readonly params: StandardSchema
  readonly run: (params: never, caller: Caller) => unknown
}

/** What a caller of a method may give it. */
export type ParamsOf<M extends AnyMethod> = SchemaInput<M['params']>

/** What a method answers. */
export type ResultOf<M extends AnyMethod> = Awaited<ReturnType<M['run']>>

/** A method whose parameters are what `params`, a schema of zod or any other Standard Schema, says. */
export function method<S extends StandardSchema, Result>(
  params: S,
  run: (params: SchemaOutput<S>, caller: Caller) => Result
): Method<S, Result> {
  return { params, run }
}
