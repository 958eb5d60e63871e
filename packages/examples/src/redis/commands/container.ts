import { type CommandTable, commands, type RespReply } from '@shiny/codecs'
import type { Redis } from '../redis.js'
import type { Session } from '../session.js'
import type { Run } from './row.js'

/** One subcommand of CLIENT, CONFIG and their like. */
export interface Subcommand {
  /** The number of arguments, the two names among them; negative: at least so many. */
  readonly arity: number
  /** How it is called and what it does, for HELP. */
  readonly help: readonly [usage: string, summary: string]
  readonly run: Run
}

/** A command whose second argument names what to do; `run` is for one that has no second argument. */
export interface Container {
  readonly subcommands: CommandTable<Session, RespReply>
  readonly run?: Run
}

const define = commands<Redis, RespReply, Session>()

export function container(subcommands: Readonly<Record<string, Subcommand>>, alone?: Run): Container {
  const rows = Object.entries(subcommands).map(
    ([
      name,
      {
        arity,
        help: [usage, summary],
        run
      }
    ]) => {
      return [name, { arity, usage, summary, run }] as const
    }
  )
  return { subcommands: define(Object.fromEntries(rows)), ...(alone && { run: alone }) }
}
