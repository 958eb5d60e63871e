import { type KeyPlaces, type RespCommand, type RespSlice, resp } from '@shiny/codecs'
import { noSuchKey, noType, ok, slice, stringType } from '../replies.js'
import type { Session } from '../session.js'
import { type Entry, Glob, NONE } from '../store/index.js'
import { ALL_KEYS, group, NO_KEYS, ONE_KEY, type Rows, type Run } from './row.js'
import { scan } from './scan.js'

/** A key and another name for it. */
const TWO_KEYS: KeyPlaces = [1, 2, 1]

function find({ keyspace }: Session, command: RespCommand, index: number): Entry {
  return keyspace.find(command.source, command.start(index), command.end(index))
}

function remove(session: Session, command: RespCommand): void {
  let removed = 0
  for (let index = 1; index < command.length; index++) {
    const entry = find(session, command, index)
    if (entry === NONE) continue
    session.keyspace.remove(entry)
    removed++
  }
  session.send(removed)
}

/** Counts a key as often as it is named. */
function exists(session: Session, command: RespCommand): void {
  const { keyspace } = session
  let found = 0
  for (let index = 1; index < command.length; index++) {
    if (keyspace.read(command.source, command.start(index), command.end(index)) !== NONE) found++
  }
  session.send(found)
}

function type(session: Session, command: RespCommand): void {
  session.send(find(session, command, 1) === NONE ? noType : stringType)
}

/** All keys that a pattern matches, in one turn: a command for small databases. */
function keys(session: Session, command: RespCommand): void {
  const { keyspace } = session
  const glob = new Glob(command.borrow(1))
  const found: RespSlice[] = []
  keyspace.scan(0, Number.POSITIVE_INFINITY, (entry) => {
    const { source, start, end } = keyspace.key(entry, slice)
    if (glob.matches(source, start, end)) found.push(resp.slice(source, start, end))
  })
  session.send(found)
}

function rename(session: Session, command: RespCommand, onlyIfAbsent: boolean): void {
  const { keyspace } = session
  const entry = find(session, command, 1)
  if (entry === NONE) {
    session.send(noSuchKey)
    return
  }
  if (onlyIfAbsent && find(session, command, 2) !== NONE) {
    session.send(0)
    return
  }
  const { source, start, end } = keyspace.value(entry, resp.slice(command.source))
  const value = Buffer.from(source.subarray(start, end))
  const deadline = keyspace.deadline(entry)
  keyspace.remove(entry)
  keyspace.set(command.source, command.start(2), command.end(2), value, 0, value.length, deadline)
  session.send(onlyIfAbsent ? 1 : ok)
}

const renameAlways: Run = (session, command) => rename(session, command, false)
const renameIfAbsent: Run = (session, command) => rename(session, command, true)

export const keyRows: Rows = group('generic', [
  ['DEL', -2, 'write', ALL_KEYS, '1.0.0', 'Deletes keys.', remove],
  ['UNLINK', -2, 'write fast', ALL_KEYS, '4.0.0', 'Deletes keys.', remove],
  ['EXISTS', -2, 'readonly fast', ALL_KEYS, '1.0.0', 'Counts the keys that exist.', exists],
  ['TOUCH', -2, 'readonly fast', ALL_KEYS, '3.2.1', 'Counts the keys that exist.', exists],
  ['TYPE', 2, 'readonly fast', ONE_KEY, '1.0.0', 'Tells the type of the value of a key.', type],
  ['RENAME', 3, 'write', TWO_KEYS, '1.0.0', 'Gives a key another name.', renameAlways],
  ['RENAMENX', 3, 'write fast', TWO_KEYS, '1.0.0', 'Gives a key a name that no other has.', renameIfAbsent],
  ['KEYS', 2, 'readonly', NO_KEYS, '1.0.0', 'Lists the keys that match a pattern.', keys],
  ['SCAN', -2, 'readonly', NO_KEYS, '2.8.0', 'Lists the keys piece by piece.', scan]
])
