import type { RespCommand } from '../resp/command.js'

/** How much of a name, and of all arguments together, an error repeats. */
const LONGEST = 128

/**
 * The beginning of an argument as Redis's errors repeat it: up to a NUL, and at most `limit` bytes, 128 by default; as text in
 * UTF-8.
 */
export function excerpt(command: RespCommand, index: number, limit: number = LONGEST): string {
  return bytesOf(command, index, limit).toString()
}

function bytesOf(command: RespCommand, index: number, limit: number): Buffer {
  const start = command.start(index)
  const bytes = command.source.subarray(start, Math.min(command.end(index), start + limit))
  const nul = bytes.indexOf(0)
  return nul === -1 ? bytes : bytes.subarray(0, nul)
}

/** Redis's errors of commands. */
export const texts = {
  syntax: 'ERR syntax error',
  unbalancedQuotes: 'ERR unbalanced quotes in request',

  unknownCommand(command: RespCommand): string {
    let shown = ''
    let written = 0
    for (let index = 1; index < command.length && written < LONGEST; index++) {
      const argument = bytesOf(command, index, LONGEST - written)
      shown += `'${argument}' `
      written += argument.length + 3
    }
    return `ERR unknown command '${excerpt(command, 0)}', with args beginning with: ${shown}`
  },

  unknownSubcommand(name: string, command: RespCommand): string {
    return `ERR unknown subcommand '${excerpt(command, 1)}'. Try ${name} HELP.`
  },

  /** `name` is the full one, such as `client|kill`. */
  wrongArity(name: string): string {
    return `ERR wrong number of arguments for '${name.toLowerCase()}' command`
  }
}
