import type { RespCommand } from '@shiny/codecs'
import type { Session } from '../session.js'

/** Carries a command out and answers it. */
export type Run = (session: Session, command: RespCommand) => void

/** Where the keys are among the arguments: the first, the last (negative: from the end), and the step. */
export type KeyPlaces = readonly [first: number, last: number, step: number]

export const NO_KEYS: KeyPlaces = [0, 0, 0]
export const ONE_KEY: KeyPlaces = [1, 1, 1]
export const ALL_KEYS: KeyPlaces = [1, -1, 1]
export const EVERY_SECOND: KeyPlaces = [1, -1, 2]

/** The group of a command, as COMMAND DOCS names it. */
export type Group = 'connection' | 'generic' | 'server' | 'string'

/** One command. */
export interface Row {
  /** In upper case. */
  readonly name: string
  /** The number of arguments, the name among them; negative: at least so many. */
  readonly arity: number
  /** What COMMAND tells of its nature. */
  readonly flags: readonly string[]
  readonly keys: KeyPlaces
  readonly group: Group
  /** The version of Redis that had it first. */
  readonly since: string
  /** One sentence; empty for what COMMAND does not tell of. */
  readonly summary: string
  readonly run: Run
}

/** A row as the files of commands write it, one line each. Flags are separated by spaces. */
export type RowLine = readonly [
  name: string,
  arity: number,
  flags: string,
  keys: KeyPlaces,
  since: string,
  summary: string,
  run: Run
]

export function group(group: Group, lines: readonly RowLine[]): readonly Row[] {
  return lines.map(([name, arity, flags, keys, since, summary, run]) => {
    return { name, arity, flags: flags.split(' ').filter(Boolean), keys, group, since, summary, run }
  })
}
