import { excerpt, type RespCommand, resp } from '@shiny/codecs'
import { ok, syntaxError } from '../replies.js'
import type { Session } from '../session.js'
import { isClientWord, noSpecialCharacters } from './client-words.js'
import { container } from './container.js'

function setName(session: Session, command: RespCommand): void {
  if (!isClientWord(command, 2)) {
    session.send(noSpecialCharacters('Client names'))
    return
  }
  session.name = command.text(2)
  session.send(ok)
}

function setInfo(session: Session, command: RespCommand): void {
  const isName = command.is(2, 'LIB-NAME')
  if (!isName && !command.is(2, 'LIB-VER')) session.send(resp.error(`ERR Unrecognized option '${excerpt(command, 2)}'`))
  else if (!isClientWord(command, 3)) session.send(noSpecialCharacters(isName ? 'lib-name' : 'lib-ver'))
  else {
    if (isName) session.libName = command.text(3)
    else session.libVersion = command.text(3)
    session.send(ok)
  }
}

/** Nothing is ever evicted, so there is nothing to switch. */
function onOrOff(session: Session, command: RespCommand): void {
  session.send(command.is(2, 'ON') || command.is(2, 'OFF') ? ok : syntaxError)
}

/** The client in the form of CLIENT LIST. */
function describe(session: Session): string {
  const facts = {
    id: session.id,
    addr: session.remote,
    laddr: session.local,
    name: session.name,
    age: Math.floor((Date.now() - session.openedAt) / 1000),
    idle: 0,
    flags: 'N',
    db: 0,
    omem: session.queued,
    'tot-net-in': session.bytesRead,
    'tot-net-out': session.bytesWritten,
    cmd: 'client|info',
    user: 'default',
    resp: session.protocol,
    'lib-name': session.libName,
    'lib-ver': session.libVersion
  }
  const words = Object.entries(facts).map(([name, value]) => `${name}=${value}`)
  return `${words.join(' ')}\n`
}

export const client = container({
  ID: {
    arity: 2,
    help: ['ID', 'Return the number of the connection.'],
    run: (session) => session.send(session.id)
  },
  INFO: {
    arity: 2,
    help: ['INFO', 'Return facts about the connection.'],
    run: (session) => session.send(resp.verbatim('txt', describe(session)))
  },
  GETNAME: {
    arity: 2,
    help: ['GETNAME', 'Return the name of the connection.'],
    run: (session) => session.send(session.name === '' ? null : session.name)
  },
  SETNAME: { arity: 3, help: ['SETNAME <name>', 'Give the connection a name.'], run: setName },
  SETINFO: {
    arity: 4,
    help: ['SETINFO (LIB-NAME|LIB-VER) <text>', 'Note which library speaks.'],
    run: setInfo
  },
  'NO-EVICT': { arity: 3, help: ['NO-EVICT (ON|OFF)', 'Protect the client from eviction.'], run: onOrOff },
  'NO-TOUCH': { arity: 3, help: ['NO-TOUCH (ON|OFF)', 'Leave the ages of keys alone.'], run: onOrOff }
})
