import { type RespFailure, type RespSlice, type RespStatus, resp } from '@shiny/codecs'

/**
 * The slice that replies are pointed at bytes with. One is enough for all sessions, because `send` reads it before it
 * returns.
 */
export const slice: RespSlice = resp.slice(new Uint8Array(0))

export const { ok, pong } = resp
export const noType: RespStatus = resp.status('none')
export const stringType: RespStatus = resp.status('string')

export const syntaxError: RespFailure = resp.error('ERR syntax error')
export const notAnInteger: RespFailure = resp.error('ERR value is not an integer or out of range')
export const wouldOverflow: RespFailure = resp.error('ERR increment or decrement would overflow')
export const noSuchKey: RespFailure = resp.error('ERR no such key')

export function wrongArity(command: string): RespFailure {
  return resp.error(`ERR wrong number of arguments for '${command}' command`)
}

export function invalidExpireTime(command: string): RespFailure {
  return resp.error(`ERR invalid expire time in '${command}' command`)
}
