import { type RespCommand, resp } from '@shiny/codecs'
import { LONGEST_STRING } from '../limits.js'
import { ok, slice, wrongArity } from '../replies.js'
import type { Session } from '../session.js'
import { NONE } from '../store/index.js'
import { ALL_KEYS, EVERY_SECOND, group, ONE_KEY, type Rows } from './row.js'
import { set } from './set.js'

const tooLong = resp.error('ERR string exceeds maximum allowed size (proto-max-bulk-len)')

/** Sets argument `key` to argument `value`, without a deadline. */
function store({ keyspace }: Session, command: RespCommand, key: number, value: number): void {
  const { source } = command
  keyspace.set(source, command.start(key), command.end(key), source, command.start(value), command.end(value))
}

/** The value of a key, or null. */
function get(session: Session, command: RespCommand): void {
  const { keyspace } = session
  const entry = keyspace.read(command.source, command.start(1), command.end(1))
  session.send(entry === NONE ? null : keyspace.value(entry, slice))
}

function getSet(session: Session, command: RespCommand): void {
  get(session, command)
  store(session, command, 1, 2)
}

function getDel(session: Session, command: RespCommand): void {
  const { keyspace } = session
  get(session, command)
  const entry = keyspace.find(command.source, command.start(1), command.end(1))
  if (entry !== NONE) keyspace.remove(entry)
}

function multiGet(session: Session, command: RespCommand): void {
  const { keyspace } = session
  const { source } = command
  const values = []
  for (let index = 1; index < command.length; index++) {
    const entry = keyspace.read(source, command.start(index), command.end(index))
    values.push(entry === NONE ? null : keyspace.value(entry, resp.slice(source)))
  }
  session.send(values)
}

function multiSet(session: Session, command: RespCommand): void {
  if (command.length % 2 === 0) {
    session.send(wrongArity('mset'))
    return
  }
  for (let index = 1; index < command.length; index += 2) store(session, command, index, index + 1)
  session.send(ok)
}

function setIfAbsent(session: Session, command: RespCommand): void {
  const absent = session.keyspace.find(command.source, command.start(1), command.end(1)) === NONE
  if (absent) store(session, command, 1, 2)
  session.send(absent ? 1 : 0)
}

function append(session: Session, command: RespCommand): void {
  const { keyspace } = session
  const { source } = command
  const entry = keyspace.find(source, command.start(1), command.end(1))
  const start = command.start(2)
  const end = command.end(2)
  const length = (entry === NONE ? 0 : keyspace.valueLength(entry)) + end - start
  if (length > LONGEST_STRING) {
    session.send(tooLong)
    return
  }
  if (entry === NONE) store(session, command, 1, 2)
  else keyspace.append(entry, source, start, end)
  session.send(length)
}

function stringLength(session: Session, command: RespCommand): void {
  const { keyspace } = session
  const entry = keyspace.read(command.source, command.start(1), command.end(1))
  session.send(entry === NONE ? 0 : keyspace.valueLength(entry))
}

export const stringRows: Rows = group('string', [
  ['GET', 2, 'readonly fast', ONE_KEY, '1.0.0', 'Returns the value of a key.', get],
  ['SET', -3, 'write denyoom', ONE_KEY, '1.0.0', 'Sets a key, on a condition and with a deadline if wanted.', set],
  ['GETSET', 3, 'write denyoom fast', ONE_KEY, '1.0.0', 'Sets a key and returns the value that it had.', getSet],
  ['GETDEL', 2, 'write fast', ONE_KEY, '6.2.0', 'Returns the value of a key and deletes the key.', getDel],
  ['MGET', -2, 'readonly fast', ALL_KEYS, '1.0.0', 'Returns the values of several keys.', multiGet],
  ['MSET', -3, 'write denyoom', EVERY_SECOND, '1.0.1', 'Sets several keys.', multiSet],
  ['SETNX', 3, 'write denyoom fast', ONE_KEY, '1.0.0', 'Sets a key unless it exists.', setIfAbsent],
  ['APPEND', 3, 'write denyoom fast', ONE_KEY, '2.0.0', 'Appends to a value and returns its length.', append],
  ['STRLEN', 2, 'readonly fast', ONE_KEY, '2.2.0', 'Returns the length of a value.', stringLength]
])
