import { type RespCommand, resp } from '@shiny/codecs'
import { notAnInteger, wouldOverflow } from '../replies.js'
import type { Session } from '../session.js'
import { addIntegers, formatInteger, INTEGER_LENGTH, NONE, parseInteger } from '../store/index.js'
import { group, ONE_KEY, type Rows, type Run } from './row.js'

const decrementOverflow = resp.error('ERR decrement would overflow')

/** Where a sum is written before it is stored; integers end where this ends. */
const digits = Buffer.alloc(INTEGER_LENGTH)

/** Adds to the integer that a key holds, which is 0 for a key that does not exist, and keeps its deadline. */
function add(session: Session, command: RespCommand, amount: number | bigint): void {
  const { keyspace } = session
  const { source } = command
  const start = command.start(1)
  const end = command.end(1)
  const entry = keyspace.find(source, start, end)
  const before = entry === NONE ? 0 : keyspace.integer(entry)
  const sum = before === undefined ? undefined : addIntegers(before, amount)
  if (sum === undefined) {
    session.send(before === undefined ? notAnInteger : wouldOverflow)
    return
  }
  const at = formatInteger(sum, digits)
  if (entry === NONE) keyspace.set(source, start, end, digits, at, INTEGER_LENGTH)
  else keyspace.replace(entry, digits, at, INTEGER_LENGTH)
  session.send(sum)
}

function addArgument(session: Session, command: RespCommand, negate: boolean): void {
  const amount = parseInteger(command.source, command.start(2), command.end(2))
  if (amount === undefined) session.send(notAnInteger)
  else if (!negate) add(session, command, amount)
  // Of all 64-bit integers, only the least has no opposite.
  else if (amount === -(2n ** 63n)) session.send(decrementOverflow)
  else add(session, command, -amount)
}

const increment: Run = (session, command) => add(session, command, 1)
const decrement: Run = (session, command) => add(session, command, -1)
const incrementBy: Run = (session, command) => addArgument(session, command, false)
const decrementBy: Run = (session, command) => addArgument(session, command, true)

export const counterRows: Rows = group('string', [
  ['INCR', 2, 'write denyoom fast', ONE_KEY, '1.0.0', 'Adds one to an integer.', increment],
  ['DECR', 2, 'write denyoom fast', ONE_KEY, '1.0.0', 'Takes one from an integer.', decrement],
  ['INCRBY', 3, 'write denyoom fast', ONE_KEY, '1.0.0', 'Adds a number to an integer.', incrementBy],
  ['DECRBY', 3, 'write denyoom fast', ONE_KEY, '1.0.0', 'Takes a number from an integer.', decrementBy]
])
