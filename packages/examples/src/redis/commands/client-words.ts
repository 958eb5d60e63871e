import { type RespCommand, type RespFailure, resp } from '@shiny/codecs'

/** Whether an argument has only characters that CLIENT LIST can show: from `!` to `~`. An empty one has. */
export function isClientWord(command: RespCommand, index: number): boolean {
  const { source } = command
  const end = command.end(index)
  for (let at = command.start(index); at < end; at++) if (source[at] < 0x21 || source[at] > 0x7e) return false
  return true
}

export function noSpecialCharacters(what: string): RespFailure {
  return resp.error(`ERR ${what} cannot contain spaces, newlines or special characters.`)
}
