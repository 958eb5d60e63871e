import type { RespCommand } from '@shiny/codecs'
import { ok, slice, syntaxError } from '../replies.js'
import type { Session } from '../session.js'
import { KEEP, NEVER, NONE } from '../store/index.js'
import {
  MILLISECONDS,
  readPositiveDeadline,
  SECONDS,
  type TimeForm,
  UNIX_MILLISECONDS,
  UNIX_SECONDS
} from './deadline.js'

/** What the words behind the value ask for. */
interface SetOptions {
  /** NX: only if the key does not exist. XX: only if it does. */
  condition: 'NX' | 'XX' | null
  /** Answer with the value that the key had. */
  get: boolean
  keepDeadline: boolean
  /** The argument that gives the time, and how; 0 when there is none. */
  timeAt: number
  timeForm: TimeForm
}

/** SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT time | PXAT time | KEEPTTL] */
export function set(session: Session, command: RespCommand): void {
  if (command.length > 3) {
    setWithOptions(session, command)
    return
  }
  const { source } = command
  session.keyspace.set(source, command.start(1), command.end(1), source, command.start(2), command.end(2))
  session.send(ok)
}

function setWithOptions(session: Session, command: RespCommand): void {
  const options = readOptions(command)
  const deadline = options === null ? syntaxError : deadlineOf(command, options)
  if (options === null || typeof deadline !== 'number') {
    session.send(deadline as Exclude<typeof deadline, number>)
    return
  }
  const { keyspace } = session
  const { source } = command
  const start = command.start(1)
  const end = command.end(1)
  let wanted = true
  if (options.get || options.condition !== null) {
    const entry = keyspace.find(source, start, end)
    wanted = options.condition === null || (options.condition === 'XX') === (entry !== NONE)
    // Sent before the key is set, because it is read where it lies.
    if (options.get) session.send(entry === NONE ? null : keyspace.value(entry, slice))
  }
  if (wanted) keyspace.set(source, start, end, source, command.start(2), command.end(2), deadline)
  if (!options.get) session.send(wanted ? ok : null)
}

function deadlineOf(command: RespCommand, options: SetOptions) {
  if (options.keepDeadline) return KEEP
  return options.timeAt === 0 ? NEVER : readPositiveDeadline(command, options.timeAt, options.timeForm, 'set')
}

/** Null where the words make no sense. */
function readOptions(command: RespCommand): SetOptions | null {
  const options: SetOptions = { condition: null, get: false, keepDeadline: false, timeAt: 0, timeForm: SECONDS }
  for (let index = 3; index < command.length; index++) {
    const form = timeForm(command, index)
    if (form === null) {
      if (!readWord(command, index, options)) return null
    } else {
      if (options.keepDeadline || options.timeAt !== 0 || ++index === command.length) return null
      options.timeAt = index
      options.timeForm = form
    }
  }
  return options
}

function timeForm(command: RespCommand, index: number): TimeForm | null {
  if (command.is(index, 'EX')) return SECONDS
  if (command.is(index, 'PX')) return MILLISECONDS
  if (command.is(index, 'EXAT')) return UNIX_SECONDS
  return command.is(index, 'PXAT') ? UNIX_MILLISECONDS : null
}

function readWord(command: RespCommand, index: number, options: SetOptions): boolean {
  if (command.is(index, 'NX') && options.condition !== 'XX') options.condition = 'NX'
  else if (command.is(index, 'XX') && options.condition !== 'NX') options.condition = 'XX'
  else if (command.is(index, 'GET')) options.get = true
  else if (command.is(index, 'KEEPTTL') && options.timeAt === 0) options.keepDeadline = true
  else return false
  return true
}
