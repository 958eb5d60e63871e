import { type RespCommand, resp } from '@shiny/codecs'
import { notAnInteger, ok, pong, slice, syntaxError, wrongArity } from '../replies.js'
import type { Session } from '../session.js'
import { client } from './client.js'
import { hello } from './hello.js'
import { group, NO_KEYS, type Rows } from './row.js'

const notAnInt = resp.error('ERR value is out of range, value must between -2147483648 and 2147483647')
const indexOutOfRange = resp.error('ERR DB index is out of range')
const wrongPassword = resp.error('WRONGPASS invalid username-password pair or user is disabled.')
const noPasswordSet = resp.error(
  'ERR AUTH <password> called without any password configured for the default user. ' +
    'Are you sure your configuration is correct?'
)

function ping(session: Session, command: RespCommand): void {
  if (command.length === 1) session.send(pong)
  else if (command.length === 2) echo(session, command)
  else session.send(wrongArity('ping'))
}

function echo(session: Session, command: RespCommand): void {
  session.send(slice.at(command.source, command.start(1), command.end(1)))
}

/** There is one database. */
function select(session: Session, command: RespCommand): void {
  const index = command.int(1)
  if (Number.isNaN(index)) session.send(notAnInteger)
  else if ((index | 0) !== index) session.send(notAnInt)
  else session.send(index === 0 ? ok : indexOutOfRange)
}

/** The default user has no password: any will do, by name, and a password alone is a mistake. */
function auth(session: Session, command: RespCommand): void {
  if (command.length > 3) session.send(syntaxError)
  else if (command.length === 2) session.send(noPasswordSet)
  else session.send(command.text(1) === 'default' ? ok : wrongPassword)
}

function quit(session: Session): void {
  session.end(ok)
}

/** Makes the session as it was when it was opened. */
function reset(session: Session): void {
  session.protocol = 2
  session.name = ''
  session.send(resp.switchTo(2, resp.status('RESET')))
}

/** POST and Host: are what a browser sends that was tricked into speaking to this port. Nothing after them may run. */
function refuseHttp(session: Session): void {
  session.redis.warnOfAttack(session.remote)
  session.destroy()
}

/** A proxy in front believes that this server reads PROXY headers. */
function refuseProxyHeader(session: Session): void {
  session.end(unexpectedHeader)
}

const unexpectedHeader = resp.error('ERR Protocol error: a PROXY header came, and none is expected')
const ANY_TIME = 'noscript loading stale fast'

export const connectionRows: Rows = group('connection', [
  ['PING', -1, 'fast', NO_KEYS, '1.0.0', 'Answers PONG, or what it is given.', ping],
  ['ECHO', 2, 'loading stale fast', NO_KEYS, '1.0.0', 'Answers what it is given.', echo],
  ['HELLO', -1, `${ANY_TIME} no_auth allow_busy`, NO_KEYS, '6.0.0', 'Chooses the version of the protocol.', hello],
  ['AUTH', -2, `${ANY_TIME} no_auth allow_busy`, NO_KEYS, '1.0.0', 'Authenticates the client.', auth],
  ['SELECT', 2, 'loading stale fast', NO_KEYS, '1.0.0', 'Chooses the database; there is only 0.', select],
  ['CLIENT', -2, '', NO_KEYS, '2.4.0', 'Tells and notes facts about the client.', client],
  ['RESET', 1, `${ANY_TIME} no_auth allow_busy`, NO_KEYS, '6.2.0', 'Makes the connection as new.', reset],
  ['QUIT', -1, `${ANY_TIME} no_auth allow_busy`, NO_KEYS, '1.0.0', 'Closes the connection.', quit],
  ['POST', -1, '', NO_KEYS, '', '', refuseHttp],
  ['HOST:', -1, '', NO_KEYS, '', '', refuseHttp],
  ['PROXY', -1, '', NO_KEYS, '', '', refuseProxyHeader]
])
