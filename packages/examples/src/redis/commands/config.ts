import { excerpt, type RespCommand, type RespFailure, type RespReply, resp } from '@shiny/codecs'
import { parameters } from '../parameters.js'
import { ok, syntaxError } from '../replies.js'
import type { Session } from '../session.js'
import { Glob } from '../store/index.js'
import { container } from './container.js'

/** CONFIG GET pattern… */
function get(session: Session, command: RespCommand): void {
  const found = new Map<RespReply, RespReply>()
  for (let index = 2; index < command.length; index++) {
    const glob = new Glob(Buffer.from(command.text(index).toLowerCase()))
    for (const [name, parameter] of parameters) {
      const bytes = Buffer.from(name)
      if (glob.matches(bytes, 0, bytes.length)) found.set(name, parameter.read(session.redis))
    }
  }
  session.send(found)
}

/** CONFIG SET name value [name value]… Everything is set or nothing. */
function set(session: Session, command: RespCommand): void {
  if (command.length % 2 === 1) {
    session.send(syntaxError)
    return
  }
  for (let index = 2; index < command.length; index += 2) {
    if (!parameters.has(command.text(index).toLowerCase())) {
      const text = `ERR Unknown option or number of arguments for CONFIG SET - '${excerpt(command, index)}'`
      session.send(resp.error(text))
      return
    }
  }
  session.send(setAll(session, command) ?? ok)
}

function setAll({ redis }: Session, command: RespCommand): RespFailure | null {
  const undo: (() => void)[] = []
  for (let index = 2; index < command.length; index += 2) {
    const name = command.text(index).toLowerCase()
    const parameter = parameters.get(name)
    if (parameter === undefined) continue
    const before = parameter.read(redis)
    const value = command.text(index + 1)
    if (value === before) continue
    const wrong = parameter.write === undefined ? "can't set immutable config" : parameter.write(redis, value)
    if (wrong !== null) {
      for (const step of undo) step()
      return resp.error(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${wrong}`)
    }
    undo.push(() => parameter.write?.(redis, before))
  }
  return null
}

export const config = container({
  GET: { arity: -3, help: ['GET <pattern> ...', 'Return the settings that the patterns match.'], run: get },
  SET: { arity: -4, help: ['SET <name> <value> ...', 'Change settings, all or none.'], run: set },
  RESETSTAT: {
    arity: 2,
    help: ['RESETSTAT', 'Set the counters that INFO shows to 0.'],
    run: (session) => {
      session.redis.resetStatistics()
      session.send(ok)
    }
  },
  REWRITE: {
    arity: 2,
    help: ['REWRITE', 'Fail: there is no file to rewrite.'],
    run: (session) => session.send(resp.error('ERR The server is running without a config file'))
  }
})
