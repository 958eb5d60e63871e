import type { CommandRow } from './definition.js'

/** How each documented command is called and what it does, in two lines. */
export function helpOf(rows: readonly CommandRow[]): string[] {
  return rows.filter(({ summary }) => summary !== '').flatMap(({ usage, summary }) => [usage, `    ${summary}`])
}

/** The help of a command with subcommands, as Redis words it. */
export function subcommandHelp({ name, subcommands }: CommandRow): string[] {
  const head = `${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`
  return [head, ...helpOf(subcommands), 'HELP', '    Print this help.']
}
