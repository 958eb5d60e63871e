import { type RespCommand, type RespFailure, type RespSlice, resp } from '@shiny/codecs'
import { notAnInteger, slice, syntaxError } from '../replies.js'
import type { Session } from '../session.js'
import { Glob } from '../store/index.js'

const invalidCursor = resp.error('ERR invalid cursor')

interface ScanOptions {
  /** About how many keys one call looks at. */
  count: number
  match: Glob | null
  /** Whether the wanted type is one that there is. */
  type: boolean
}

/** SCAN cursor [MATCH pattern] [COUNT count] [TYPE type] */
export function scan(session: Session, command: RespCommand): void {
  const cursor = readCursor(command)
  const options = cursor === null ? invalidCursor : readOptions(command)
  if (cursor === null || !('count' in options)) {
    session.send(options as RespFailure)
    return
  }
  const { keyspace } = session
  const { count, match, type } = options
  const found: RespSlice[] = []
  const next = keyspace.scan(cursor, count, (entry) => {
    const { source, start, end } = keyspace.key(entry, slice)
    if (type && (match === null || match.matches(source, start, end))) found.push(resp.slice(source, start, end))
  })
  session.send([String(next), found])
}

/** The cursor, an unsigned 64-bit integer; null where it is none. */
function readCursor(command: RespCommand): number | null {
  const text = command.text(1)
  if (!/^\d{1,20}$/.test(text)) return null
  return BigInt(text) < 2n ** 64n ? Number(text) : null
}

function readOptions(command: RespCommand): ScanOptions | RespFailure {
  const options: ScanOptions = { count: 10, match: null, type: true }
  for (let index = 2; index < command.length; index += 2) {
    if (index + 1 === command.length) return syntaxError
    if (command.is(index, 'COUNT')) {
      const count = command.bigint(index + 1)
      if (count === undefined) return notAnInteger
      if (count < 1n) return syntaxError
      options.count = Number(count)
    } else if (command.is(index, 'MATCH')) {
      const glob = new Glob(command.borrow(index + 1))
      options.match = glob.matchesAll ? null : glob
    } else if (command.is(index, 'TYPE')) options.type = command.is(index + 1, 'STRING')
    else return syntaxError
  }
  return options
}
