import { type CommandRow, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import type { Session } from '../session.js'
import { container } from './container.js'

/** The commands that COMMAND tells of. */
function documented({ redis }: Session): CommandRow[] {
  return redis.commands.rows.filter((row) => row.summary !== '')
}

/** The ten facts of COMMAND INFO. */
function facts(row: CommandRow): RespReply {
  const categories = [
    row.flags.includes('write') && '@write',
    row.flags.includes('readonly') && '@read',
    row.group === 'string' && '@string',
    row.group === 'generic' && '@keyspace',
    row.group === 'connection' && '@connection',
    row.flags.includes('admin') && '@admin',
    row.flags.includes('fast') ? '@fast' : '@slow'
  ].filter((category) => category !== false)
  return [
    row.name.toLowerCase(),
    row.arity,
    new Set(row.flags.map((flag) => resp.status(flag))),
    ...row.keys,
    new Set(categories.map((category) => resp.status(category))),
    [],
    [],
    []
  ]
}

function documentation(row: CommandRow): RespReply {
  return new Map<RespReply, RespReply>([
    ['summary', row.summary],
    ['since', row.since],
    ['group', row.group],
    ['complexity', row.name === 'KEYS' ? 'O(N) in the number of keys' : 'O(1) for each key']
  ])
}

/**
 * The documented commands that are named from the third argument on, all when none is; null for what is no command.
 */
function named(session: Session, command: RespCommand): (CommandRow | null)[] {
  const { commands } = session.redis
  if (command.length === 2) return documented(session)
  const found = []
  for (let index = 2; index < command.length; index++) {
    const row = commands.find(command.text(index))
    found.push(row === undefined || row.summary === '' ? null : row)
  }
  return found
}

function list(session: Session): void {
  session.send(documented(session).map(facts))
}

export const describeCommands = container(
  {
    COUNT: {
      arity: 2,
      help: ['COUNT', 'Return the number of commands.'],
      run: (session) => session.send(documented(session).length)
    },
    LIST: {
      arity: 2,
      help: ['LIST', 'Return the names of all commands.'],
      run: (session) => session.send(documented(session).map((row) => row.name.toLowerCase()))
    },
    INFO: {
      arity: -2,
      help: ['INFO [<command-name> ...]', 'Return facts about commands, all by default.'],
      run: (session, command) => session.send(named(session, command).map((row) => row && facts(row)))
    },
    DOCS: {
      arity: -2,
      help: ['DOCS [<command-name> ...]', 'Return documentation of commands, all by default.'],
      run: (session, command) => {
        const rows = named(session, command).filter((row) => row !== null)
        session.send(new Map(rows.map((row) => [row.name.toLowerCase(), documentation(row)])))
      }
    }
  },
  list
)
