import { CommandTable } from './command-table.js'
import { connectionRows } from './connection.js'
import { counterRows } from './counters.js'
import { expiryRows } from './expiry.js'
import { keyRows } from './keys.js'
import { serverRows } from './server.js'
import { stringRows } from './strings.js'

/** What the server understands. */
export const commands: CommandTable = new CommandTable([
  ...stringRows,
  ...counterRows,
  ...keyRows,
  ...expiryRows,
  ...connectionRows,
  ...serverRows
])
