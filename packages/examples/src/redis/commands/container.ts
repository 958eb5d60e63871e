import { type RespCommand, type RespStatus, resp } from '@shiny/codecs'
import { wrongArity } from '../replies.js'
import type { Run } from './row.js'
import { excerpt } from './unknown.js'

/** One subcommand of CLIENT, CONFIG and their like. */
export interface Subcommand {
  /** The number of arguments, the two names among them; negative: at least so many. */
  readonly arity: number
  /** How it is called and what it does, for HELP. */
  readonly help: readonly [usage: string, summary: string]
  readonly run: Run
}

/** Runs the subcommand that the second argument names. `alone` runs when there is none. */
export function container(name: string, subcommands: Readonly<Record<string, Subcommand>>, alone?: Run): Run {
  const table = new Map(Object.entries(subcommands))
  return (session, command) => {
    if (command.length === 1 && alone !== undefined) return alone(session, command)
    const word = command.text(1).toUpperCase()
    if (word === 'HELP' && command.length === 2) {
      session.send(help(name, table))
      return
    }
    const row = table.get(word)
    if (row === undefined) session.send(unknownSubcommand(name, command))
    else if (row.arity >= 0 ? command.length !== row.arity : command.length < -row.arity) {
      session.send(wrongArity(`${name}|${word}`.toLowerCase()))
    } else row.run(session, command)
  }
}

function unknownSubcommand(name: string, command: RespCommand) {
  return resp.error(`ERR unknown subcommand '${excerpt(command, 1)}'. Try ${name} HELP.`)
}

function help(name: string, table: ReadonlyMap<string, Subcommand>): RespStatus[] {
  const lines = [`${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`]
  for (const { help } of table.values()) lines.push(help[0], `    ${help[1]}`)
  lines.push('HELP', '    Print this help.')
  return lines.map((line) => resp.status(line))
}
