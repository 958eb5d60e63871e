import { type CommandTable, commands as define, type RespReply } from '@shiny/codecs'
import type { Redis } from '../redis.js'
import type { Session } from '../session.js'
import { connectionRows } from './connection.js'
import { counterRows } from './counters.js'
import { expiryRows } from './expiry.js'
import { keyRows } from './keys.js'
import { serverRows } from './server.js'
import { stringRows } from './strings.js'

/** Every command that is carried out is counted. */
const guard = (session: Session): void => {
  session.redis.commandsProcessed++
}

/** What the server understands. */
export const commands: CommandTable<Session, RespReply> = define<Redis, RespReply, Session>({ guard })({
  ...stringRows,
  ...counterRows,
  ...keyRows,
  ...expiryRows,
  ...connectionRows,
  ...serverRows
})
