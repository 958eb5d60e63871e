import { type RespCommand, resp } from '@shiny/codecs'
import { info } from '../info.js'
import { ok, syntaxError } from '../replies.js'
import type { Session } from '../session.js'
import { config } from './config.js'
import { describeCommands } from './introspection.js'
import { group, NO_KEYS, type Rows } from './row.js'

const noShutdown = resp.error('ERR No shutdown in progress.')
const cannotSave = resp.error('ERR Errors trying to SHUTDOWN. Check logs.')

function databaseSize(session: Session): void {
  session.send(session.keyspace.size)
}

/** FLUSHALL [ASYNC | SYNC]: there is no difference, the garbage collector frees the memory. */
function flush(session: Session, command: RespCommand): void {
  const understood = command.length === 1 || (command.length === 2 && (command.is(1, 'ASYNC') || command.is(1, 'SYNC')))
  if (understood) session.keyspace.clear()
  session.send(understood ? ok : syntaxError)
}

function tellInfo(session: Session, command: RespCommand): void {
  const sections = []
  for (let index = 1; index < command.length; index++) sections.push(command.text(index).toLowerCase())
  session.send(resp.verbatim('txt', info(session.redis, sections)))
}

/** SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]. A success has no reply: the connection closes. */
function shutDown(session: Session, command: RespCommand): void {
  const words = new Set<string>()
  for (let index = 1; index < command.length; index++) words.add(command.text(index).toUpperCase())
  const unknown = [...words].some((word) => !['NOSAVE', 'SAVE', 'NOW', 'FORCE', 'ABORT'].includes(word))
  const contradictory = (words.has('SAVE') && words.has('NOSAVE')) || (words.has('ABORT') && words.size > 1)
  if (unknown || contradictory) session.send(syntaxError)
  else if (words.has('ABORT')) session.send(noShutdown)
  // There is nowhere to save to; FORCE means to stop all the same.
  else if (words.has('SAVE') && !words.has('FORCE')) session.send(cannotSave)
  else {
    session.close()
    session.redis.shutDown()
  }
}

export const serverRows: Rows = group('server', [
  ['DBSIZE', 1, 'readonly fast', NO_KEYS, '1.0.0', 'Counts the keys.', databaseSize],
  ['FLUSHALL', -1, 'write', NO_KEYS, '1.0.0', 'Deletes all keys.', flush],
  ['FLUSHDB', -1, 'write', NO_KEYS, '1.0.0', 'Deletes all keys.', flush],
  ['INFO', -1, 'loading stale', NO_KEYS, '1.0.0', 'Tells facts about the server.', tellInfo],
  ['CONFIG', -2, '', NO_KEYS, '2.0.0', 'Tells and changes settings.', config],
  ['COMMAND', -1, 'loading stale', NO_KEYS, '2.8.13', 'Tells facts about commands.', describeCommands],
  ['SHUTDOWN', -1, 'admin noscript loading stale allow_busy', NO_KEYS, '1.0.0', 'Stops the server.', shutDown]
])
