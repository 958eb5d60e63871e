import { excerpt, type RespCommand, type RespFailure, type RespReply, resp } from '@shiny/codecs'
import type { Session } from '../session.js'
import { REDIS_VERSION } from '../version.js'
import { isClientWord, noSpecialCharacters } from './client-words.js'

const versionNotAnInteger = resp.error('ERR Protocol version is not an integer or out of range')
const unsupportedVersion = resp.error('NOPROTO unsupported protocol version')
const wrongPassword = resp.error('WRONGPASS invalid username-password pair or user is disabled.')

interface HelloOptions {
  user: string | null
  name: string | null
}

/** HELLO [version [AUTH user password] [SETNAME name]]. Nothing is changed before everything is checked. */
export function hello(session: Session, command: RespCommand): void {
  const version = command.length === 1 ? session.protocol : readVersion(command)
  const options = typeof version === 'number' ? readOptions(command) : version
  if (typeof version !== 'number' || !('name' in options)) {
    session.send(options as RespFailure)
    return
  }
  if (options.user !== null && options.user !== 'default') {
    session.send(wrongPassword)
    return
  }
  if (options.name !== null) session.name = options.name
  session.protocol = version
  session.send(resp.switchTo(version, describe(session)))
}

function readVersion(command: RespCommand): 2 | 3 | RespFailure {
  const version = command.bigint(1)
  if (version === undefined) return versionNotAnInteger
  if (version === 2n) return 2
  return version === 3n ? 3 : unsupportedVersion
}

function readOptions(command: RespCommand): HelloOptions | RespFailure {
  const options: HelloOptions = { user: null, name: null }
  for (let index = 2; index < command.length; index++) {
    const more = command.length - 1 - index
    if (command.is(index, 'AUTH') && more >= 2) {
      // The default user has no password, and any is right; see AUTH.
      options.user = command.text(index + 1)
      index += 2
    } else if (command.is(index, 'SETNAME') && more >= 1) {
      if (!isClientWord(command, index + 1)) return noSpecialCharacters('Client names')
      options.name = command.text(index + 1)
      index++
    } else return resp.error(`ERR Syntax error in HELLO option '${excerpt(command, index)}'`)
  }
  return options
}

function describe(session: Session): RespReply {
  return new Map<RespReply, RespReply>([
    ['server', 'redis'],
    ['version', REDIS_VERSION],
    ['proto', session.protocol],
    ['id', session.id],
    ['mode', 'standalone'],
    ['role', 'master'],
    ['modules', []]
  ])
}
