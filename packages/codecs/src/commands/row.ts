import { ShinyError, type StandardSchema } from '@shiny/core/codec'
import { optionError } from '../options.js'
import { MAX_NAME } from '../resp/name-index.js'
import type { CommandDefinition, CommandFlag, CommandRow, KeyPlaces } from './definition.js'

const NO_KEYS: KeyPlaces = [0, 0, 0]

/** What `run` of a definition is, whatever it is given. */
export type Run<C> = (caller: C, input: unknown) => unknown

/** A command of a table. All have one shape, since each request looks at one. */
export class Row<C> implements CommandRow {
  readonly name: string
  readonly arity: number
  readonly schema: StandardSchema | null
  readonly run: Run<C> | null
  /** By name in upper case; null for a command that has none. */
  readonly byWord: ReadonlyMap<string, Row<C>> | null
  readonly subcommands: readonly Row<C>[]
  readonly flags: readonly CommandFlag[]
  readonly summary: string
  readonly usage: string
  readonly keys: KeyPlaces
  readonly group: string
  readonly since: string

  constructor(name: string, definition: CommandDefinition<C, unknown, unknown>) {
    const { arity, args, run, subcommands } = definition
    if (run === undefined && subcommands === undefined)
      throw new ShinyError('ERR_OPTION', `${name}: expected run or subcommands`, { path: name })
    if (arity !== undefined && !(Number.isInteger(arity) && arity !== 0))
      throw optionError(`${name}.arity`, 'an integer other than 0', arity)
    this.name = name
    this.arity = arity ?? (run === undefined ? -2 : -1)
    this.schema = args ?? null
    this.run = (run as Run<C> | undefined) ?? null
    this.subcommands = (subcommands?.rows as readonly Row<C>[] | undefined) ?? []
    for (const row of this.subcommands)
      if (row.byWord !== null) throw optionError(`${name}.${row.name}`, 'no further subcommands', row.subcommands)
    this.byWord = subcommands === undefined ? null : new Map(this.subcommands.map((row) => [row.name, row]))
    this.flags = definition.flags ?? []
    this.summary = definition.summary ?? ''
    this.usage = definition.usage ?? usageOf(name, this.arity)
    this.keys = definition.keys ?? NO_KEYS
    this.group = definition.group ?? ''
    this.since = definition.since ?? ''
  }

  /** Whether a request may have so many words. */
  takes(words: number): boolean {
    return this.arity >= 0 ? words === this.arity : words >= -this.arity
  }
}

/** The names in upper case, each with its definition; checked. */
export function rowsOf<C>(definitions: object): Row<C>[] {
  const rows = new Map<string, Row<C>>()
  for (const [key, definition] of Object.entries(definitions)) {
    const name = key.toUpperCase()
    if (name.length > MAX_NAME || !/^[!-~]+$/.test(name))
      throw optionError(key, `a name of 1 to ${MAX_NAME} printable ASCII characters without space`, key)
    if (rows.has(name)) throw new ShinyError('ERR_OPTION', `${key}: expected each command once`, { path: key })
    rows.set(name, new Row<C>(name, definition as CommandDefinition<C, unknown, unknown>))
  }
  return [...rows.values()]
}

function usageOf(name: string, arity: number): string {
  const least = Math.abs(arity) - 1
  return `${name}${' <arg>'.repeat(least)}${arity < 0 ? ' [<arg> ...]' : ''}`
}
