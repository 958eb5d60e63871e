import { type RespCommand, type RespFailure, resp } from '@shiny/codecs'

/** How much of a name, and of all arguments together, an error repeats. */
const LONGEST = 128

/** The first `limit` bytes of an argument as text, up to a NUL, as C's `%.*s` prints them. */
export function excerpt(command: RespCommand, index: number, limit: number = LONGEST): Buffer {
  const start = command.start(index)
  const bytes = command.source.subarray(start, Math.min(command.end(index), start + limit))
  const nul = bytes.indexOf(0)
  return nul === -1 ? bytes : bytes.subarray(0, nul)
}

/** Redis's answer to a command that it does not know, with the arguments that fit into 128 bytes. */
export function unknownCommand(command: RespCommand): RespFailure {
  let shown = ''
  let written = 0
  for (let index = 1; index < command.length && written < LONGEST; index++) {
    const argument = excerpt(command, index, LONGEST - written)
    shown += `'${argument}' `
    written += argument.length + 3
  }
  return resp.error(`ERR unknown command '${excerpt(command, 0)}', with args beginning with: ${shown}`)
}
