import { excerpt, type RespCommand, type RespFailure, resp } from '@shiny/codecs'
import type { Session } from '../session.js'
import { NEVER, NONE } from '../store/index.js'
import { MILLISECONDS, readDeadline, SECONDS, type TimeForm, UNIX_MILLISECONDS, UNIX_SECONDS } from './deadline.js'
import { group, ONE_KEY, type Rows, type Run } from './row.js'

const noKey = -2
const noDeadline = -1

const nxExcludes = resp.error('ERR NX and XX, GT or LT options at the same time are not compatible')
const gtExcludesLt = resp.error('ERR GT and LT options at the same time are not compatible')

interface Conditions {
  NX: boolean
  XX: boolean
  GT: boolean
  LT: boolean
}

/** EXPIRE and its like: key time [NX | XX | GT | LT]… */
function expire(session: Session, command: RespCommand, form: TimeForm, name: string): void {
  const conditions = readConditions(command)
  const deadline = 'NX' in conditions ? readDeadline(command, 2, form, name) : conditions
  if (typeof deadline !== 'number') {
    session.send(deadline)
    return
  }
  const { keyspace } = session
  const entry = keyspace.find(command.source, command.start(1), command.end(1))
  if (entry === NONE || !allow(conditions as Conditions, keyspace.deadline(entry), deadline)) {
    session.send(0)
    return
  }
  if (deadline <= Date.now()) keyspace.remove(entry)
  else keyspace.setDeadline(entry, deadline)
  session.send(1)
}

/**
 * Whether a deadline may take the place of the present one. A key without a deadline lives for ever, for GT and LT
 * too.
 */
function allow({ NX, XX, GT, LT }: Conditions, present: number, deadline: number): boolean {
  if (NX) return present === NEVER
  if (XX && present === NEVER) return false
  return !(GT && deadline <= present) && !(LT && deadline >= present)
}

function readConditions(command: RespCommand): Conditions | RespFailure {
  const conditions: Conditions = { NX: false, XX: false, GT: false, LT: false }
  for (let index = 3; index < command.length; index++) {
    if (command.is(index, 'NX')) conditions.NX = true
    else if (command.is(index, 'XX')) conditions.XX = true
    else if (command.is(index, 'GT')) conditions.GT = true
    else if (command.is(index, 'LT')) conditions.LT = true
    else return resp.error(`ERR Unsupported option ${excerpt(command, index)}`)
  }
  if (conditions.NX && (conditions.XX || conditions.GT || conditions.LT)) return nxExcludes
  return conditions.GT && conditions.LT ? gtExcludesLt : conditions
}

/** Answers with what `tell` makes of a key's deadline. */
function tellDeadline(session: Session, command: RespCommand, tell: (deadline: number) => number): void {
  const { keyspace } = session
  const entry = keyspace.find(command.source, command.start(1), command.end(1))
  if (entry === NONE) {
    session.send(noKey)
    return
  }
  const deadline = keyspace.deadline(entry)
  session.send(deadline === NEVER ? noDeadline : tell(deadline))
}

function persist(session: Session, command: RespCommand): void {
  const { keyspace } = session
  const entry = keyspace.find(command.source, command.start(1), command.end(1))
  const expires = entry !== NONE && keyspace.deadline(entry) !== NEVER
  if (expires) keyspace.setDeadline(entry, NEVER)
  session.send(expires ? 1 : 0)
}

/** To the nearest second. */
const seconds = (milliseconds: number) => Math.floor((milliseconds + 500) / 1000)
const left = (deadline: number) => Math.max(0, deadline - Date.now())

const expireIn: Run = (session, command) => expire(session, command, SECONDS, 'expire')
const preciseExpireIn: Run = (session, command) => expire(session, command, MILLISECONDS, 'pexpire')
const expireAt: Run = (session, command) => expire(session, command, UNIX_SECONDS, 'expireat')
const preciseExpireAt: Run = (session, command) => expire(session, command, UNIX_MILLISECONDS, 'pexpireat')
const secondsLeft: Run = (session, command) => tellDeadline(session, command, (deadline) => seconds(left(deadline)))
const millisecondsLeft: Run = (session, command) => tellDeadline(session, command, left)
const deadlineInSeconds: Run = (session, command) => tellDeadline(session, command, seconds)
const deadlineInMilliseconds: Run = (session, command) => tellDeadline(session, command, (deadline) => deadline)

export const expiryRows: Rows = group('generic', [
  ['EXPIRE', -3, 'write fast', ONE_KEY, '1.0.0', 'Sets how many seconds a key lives.', expireIn],
  ['PEXPIRE', -3, 'write fast', ONE_KEY, '2.6.0', 'Sets how many milliseconds a key lives.', preciseExpireIn],
  ['EXPIREAT', -3, 'write fast', ONE_KEY, '1.2.0', 'Sets when a key expires, in seconds.', expireAt],
  ['PEXPIREAT', -3, 'write fast', ONE_KEY, '2.6.0', 'Sets when a key expires, in milliseconds.', preciseExpireAt],
  ['TTL', 2, 'readonly fast', ONE_KEY, '1.0.0', 'Tells how many seconds a key still lives.', secondsLeft],
  ['PTTL', 2, 'readonly fast', ONE_KEY, '2.6.0', 'Tells how many milliseconds a key still lives.', millisecondsLeft],
  ['EXPIRETIME', 2, 'readonly fast', ONE_KEY, '7.0.0', 'Tells when a key expires, in seconds.', deadlineInSeconds],
  [
    'PEXPIRETIME',
    2,
    'readonly fast',
    ONE_KEY,
    '7.0.0',
    'Tells when a key expires, in milliseconds.',
    deadlineInMilliseconds
  ],
  ['PERSIST', 2, 'write fast', ONE_KEY, '2.2.0', 'Takes the deadline of a key away.', persist]
])
