import type { CommandDefinition, CommandFlag, KeyPlaces, RespCommand, RespReply } from '@shiny/codecs'
import type { Session } from '../session.js'
import type { Container } from './container.js'

/** Carries a command out and answers it. */
export type Run = (session: Session, command: RespCommand) => void

export const NO_KEYS: KeyPlaces = [0, 0, 0]
export const ONE_KEY: KeyPlaces = [1, 1, 1]
export const ALL_KEYS: KeyPlaces = [1, -1, 1]
export const EVERY_SECOND: KeyPlaces = [1, -1, 2]

/** The group of a command, as COMMAND DOCS names it. */
export type Group = 'connection' | 'generic' | 'server' | 'string'

/** Commands by name. */
export type Rows = Readonly<Record<string, CommandDefinition<Session, RespReply, unknown>>>

/**
 * A row as the files of commands write it, one line each. The arity counts the name too; negative: at least so many. Flags are
 * separated by spaces. COMMAND does not tell of what has no summary.
 */
export type RowLine = readonly [
  name: string,
  arity: number,
  flags: string,
  keys: KeyPlaces,
  since: string,
  summary: string,
  run: Run | Container
]

export function group(group: Group, lines: readonly RowLine[]): Rows {
  const rows = lines.map(([name, arity, words, keys, since, summary, run]) => {
    const flags = words.split(' ').filter(Boolean) as CommandFlag[]
    const action = typeof run === 'function' ? { run } : run
    return [name, { arity, flags, keys, group, since, summary, ...action }] as const
  })
  return Object.fromEntries(rows)
}
