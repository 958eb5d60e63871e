// Command tables: dispatch, arity, subcommands, schemas, help and errors, for RESP and for lines, and what options they refuse.

import {
  type CommandOptions,
  commands,
  type RespCommand,
  RespFailure,
  type RespReply,
  RespStatus,
  resp
} from '@shiny/codecs'
import { ByteReader, type Codec, NEED_MORE, rawBuffer } from '@shiny/core/codec'
import t from 'tap'
import * as z from 'zod'

/** Stands for a connection: notes what is sent. */
class Caller<Reply = RespReply> {
  readonly app = new Map<string, string>()
  readonly id = 7
  readonly signal = new AbortController().signal
  isOpen = true
  sent: unknown[] = []
  readonly send = (reply: Reply): boolean => {
    this.sent.push(show(reply))
    return true
  }
  readonly end = () => {}
  readonly close = () => {}
  readonly destroy = () => {}

  /** What has been sent since the last call. */
  take(): unknown[] {
    const { sent } = this
    this.sent = []
    return sent
  }
}

function show(reply: unknown): unknown {
  if (reply instanceof RespFailure) return `-${reply.text}`
  if (reply instanceof RespStatus) return `+${reply.text}`
  return Array.isArray(reply) ? reply.map(show) : reply
}

/** A request as a codec's decoder makes it. */
function request(codec: Codec<RespCommand, RespReply>, ...args: string[]): RespCommand {
  const text = `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`
  const memory = rawBuffer(text.length)
  memory.latin1Write(text, 0)
  const reader = new ByteReader()
  reader.reset(memory, 0, memory.length)
  const command = codec.decoder().decode(reader)
  if (command === NEED_MORE) throw new Error('not a request')
  return command as RespCommand
}

const integer = z.string().regex(/^-?\d+$/, 'ERR value is not an integer or out of range')

function make(options: CommandOptions<Caller, RespReply> = {}) {
  const define = commands<Map<string, string>, RespReply, Caller>(options)
  return define({
    get: { args: z.tuple([z.string()]), summary: 'Gets a value.', run: (c, [key]) => c.app.get(key) ?? null },
    Set: {
      args: z.tuple([z.string(), z.string()]),
      summary: 'Sets a value.',
      usage: 'SET <key> <value>',
      run: (c, [key, value]) => {
        c.app.set(key, value)
        return resp.ok
      }
    },
    incrby: { args: z.tuple([z.string(), integer.transform(Number)]), run: (_, [, amount]) => amount + 1 },
    expire: { args: z.tuple([z.string(), z.string()]).rest(z.enum(['NX', 'XX'])), run: (_, args) => args.length },
    echo: { arity: 2, flags: ['fast'], run: (c, command) => c.send(command.text(1)) },
    some: { arity: -3, run: (_, command) => command.length },
    later: { arity: 1, run: async () => 'later' },
    client: {
      summary: 'Tells facts.',
      subcommands: define({
        id: { arity: 2, usage: 'ID', summary: 'Return the number.', run: (c) => c.id },
        setname: { args: z.tuple([z.string()]), summary: 'Give a name.', run: (_, [name]) => name },
        hidden: { arity: -2, run: () => resp.ok }
      })
    },
    command: { run: () => 'all', subcommands: define({ count: { arity: 2, run: () => 2 } }) }
  })
}

const table = make()
const codecs: [string, Codec<RespCommand, RespReply>][] = [
  ['of its names', resp({ names: table.names })],
  ['of the common names', resp()],
  ['of others', resp({ names: ['PING', 'ECHO', 'CLIENT'] })]
]

const cases: [request: string, ...sent: unknown[]][] = [
  ['get a', null],
  ['SET a 1', '+OK'],
  ['Get a', '1'],
  ['get', "-ERR wrong number of arguments for 'get' command"],
  ['get a b', "-ERR wrong number of arguments for 'get' command"],
  ['incrby a 41', 42],
  ['incrby a', "-ERR wrong number of arguments for 'incrby' command"],
  ['incrby a x', '-ERR value is not an integer or out of range'],
  ['expire a 1 NX', 3],
  ['expire a 1 nonsense', '-ERR syntax error'],
  ['echo x', 'x'],
  ['echo', "-ERR wrong number of arguments for 'echo' command"],
  ['echo x y', "-ERR wrong number of arguments for 'echo' command"],
  ['some a b', 3],
  ['some a b c', 4],
  ['some a', "-ERR wrong number of arguments for 'some' command"],
  ['client id', 7],
  ['client SetName x', 'x'],
  ['client', "-ERR wrong number of arguments for 'client' command"],
  ['client id x', "-ERR wrong number of arguments for 'client|id' command"],
  ['client setname', "-ERR wrong number of arguments for 'client|setname' command"],
  ['client kill x', "-ERR unknown subcommand 'kill'. Try CLIENT HELP."],
  ['client help x', "-ERR unknown subcommand 'help'. Try CLIENT HELP."],
  ['command', 'all'],
  ['command count', 2],
  ['nonsense', "-ERR unknown command 'nonsense', with args beginning with: "],
  ['nonsense a b', "-ERR unknown command 'nonsense', with args beginning with: 'a' 'b' "],
  ['ping', "-ERR unknown command 'ping', with args beginning with: "]
]

for (const [name, codec] of codecs) {
  t.test(`requests of a codec ${name}`, async (t) => {
    const caller = new Caller()
    for (const [text, ...sent] of cases) {
      t.equal(table.run(caller, request(codec, ...text.split(' '))), undefined)
      t.strictSame(caller.take(), sent, text)
    }
  })
}

t.test('a promise is answered when it is kept, unless the connection has closed', async (t) => {
  const caller = new Caller()
  const running = table.run(caller, request(resp(), 'later'))
  t.strictSame(caller.take(), [])
  await running
  t.strictSame(caller.take(), ['later'])
  const late = table.run(caller, request(resp(), 'later'))
  caller.isOpen = false
  await late
  t.strictSame(caller.take(), [])
})

t.test('help of subcommands is generated', async (t) => {
  const caller = new Caller()
  table.run(caller, request(resp(), 'client', 'HELP'))
  const lines = ['CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:', 'ID', '    Return the number.']
  const more = ['SETNAME [<arg> ...]', '    Give a name.', 'HELP', '    Print this help.']
  t.strictSame(caller.take(), [[...lines, ...more].map((line) => `+${line}`)])
  const usage = ['GET [<arg> ...]', '    Gets a value.', 'SET <key> <value>', '    Sets a value.']
  t.strictSame(table.help, [...usage, 'CLIENT <arg> [<arg> ...]', '    Tells facts.'])
})

t.test('what is known of commands', async (t) => {
  t.strictSame(table.names, ['GET', 'SET', 'INCRBY', 'EXPIRE', 'ECHO', 'SOME', 'LATER', 'CLIENT', 'COMMAND'])
  t.match(table.find('Echo'), { name: 'ECHO', arity: 2, flags: ['fast'], keys: [0, 0, 0], group: '', since: '' })
  t.strictSame(
    table.find('client')?.subcommands.map(({ name, arity }) => [name, arity]),
    [
      ['ID', 2],
      ['SETNAME', -1],
      ['HIDDEN', -2]
    ]
  )
  t.equal(table.find('nonsense'), undefined)
})

t.test('a guard sees what is known and has the right number of words, and may answer in its place', async (t) => {
  const seen: string[] = []
  const guarded = make({
    guard: (_, row, command) => {
      seen.push(`${row.name} ${command.length}`)
      return row.flags.includes('fast') ? undefined : resp.error('NOAUTH Authentication required.')
    }
  })
  const caller = new Caller()
  for (const text of ['echo x', 'echo', 'get a', 'nonsense', 'client kill']) {
    guarded.run(caller, request(resp(), ...text.split(' ')))
  }
  t.match(caller.take(), ['x', /wrong number/, /^-NOAUTH/, /unknown command/, /^-NOAUTH/])
  t.strictSame(seen, ['ECHO 2', 'GET 2', 'CLIENT 2'])
})

t.test('lines of text', async (t) => {
  const define = commands<Map<string, string>, string, Caller<string>>()
  const chat = define({
    say: {
      args: z.array(z.string()).min(1),
      summary: 'Says it.',
      usage: 'SAY <word> ...',
      run: (_, words) => words.join('|')
    },
    raw: { arity: 3, run: (c, command) => c.send(`${command.name} ${command.length} ${command.text(2)}`) },
    room: { subcommands: define({ join: { arity: 3, summary: 'Joins.', usage: 'JOIN <room>', run: () => 'joined' } }) }
  })
  const caller = new Caller<string>()
  for (const [text, ...sent] of [
    ['say a  "b c" d\'e f\'', 'a|b c|de f'],
    ['SAY', "ERR wrong number of arguments for 'say' command"],
    ['say "käse\\x41"', 'käseA'],
    ['raw ä ö', 'RAW 3 ö'],
    ['', ...[]],
    ['  \t', ...[]],
    ['say "a', 'ERR unbalanced quotes in request'],
    ['nonsense a', "ERR unknown command 'nonsense', with args beginning with: 'a' "],
    ['room', "ERR wrong number of arguments for 'room' command"],
    ['room leave x', "ERR unknown subcommand 'leave'. Try ROOM HELP."],
    ['room join x', 'joined'],
    ['help', 'SAY <word> ...', '    Says it.'],
    [
      'room help',
      'ROOM <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
      ...['JOIN <room>', '    Joins.', 'HELP', '    Print this help.']
    ]
  ] as string[][]) {
    chat.run(caller, text as string)
    t.strictSame(caller.take(), sent, text)
  }
})

t.test('schemas that are not of zod, by what Standard Schema says', async (t) => {
  const schema = (validate: (value: unknown) => unknown) =>
    ({ '~standard': { version: 1 as const, vendor: 'test', validate } }) as unknown as z.ZodType<string[]>
  const define = commands<Map<string, string>, RespReply, Caller>()
  const own = define({
    whole: { args: schema(() => ({ issues: [{ message: 'is not right' }] })), run: () => null },
    second: { args: schema(() => ({ issues: [{ message: 'no', path: [{ key: 1 }] }] })), run: () => null },
    coded: { args: schema(() => ({ issues: [{ message: 'WRONGTYPE no', path: [0] }] })), run: () => null },
    none: { args: schema(() => ({ issues: [] })), run: () => null },
    slow: { args: schema(async () => ({ value: [] })), run: () => null }
  })
  const caller = new Caller()
  for (const name of ['whole', 'second', 'coded', 'none']) own.run(caller, request(resp(), name, 'x'))
  own.run(caller, request(resp(), 'second', 'x', 'y'))
  t.strictSame(caller.take(), [
    "-ERR wrong number of arguments for 'whole' command",
    "-ERR wrong number of arguments for 'second' command",
    '-WRONGTYPE no',
    "-ERR wrong number of arguments for 'none' command",
    '-ERR syntax error'
  ])
  t.throws(() => own.run(caller, request(resp(), 'slow')), { code: 'ERR_OPTION', path: 'args' })
})

t.test('tables that make no sense', async (t) => {
  const define = commands<Map<string, string>, RespReply, Caller>()
  const run = () => null
  t.throws(() => define({ 'a b': { run } }), { code: 'ERR_OPTION', path: 'a b' })
  t.throws(() => define({ ['x'.repeat(33)]: { run } }), { code: 'ERR_OPTION' })
  t.throws(() => define({ get: { run }, GET: { run } }), { code: 'ERR_OPTION', path: 'GET' })
  t.throws(() => define({ get: {} }), { code: 'ERR_OPTION', path: 'GET' })
  t.throws(() => define({ get: { arity: 0, run } }), { code: 'ERR_OPTION' })
  t.throws(() => define({ get: { arity: 1.5, run } }), { code: 'ERR_OPTION' })
  const inner = define({ b: { subcommands: define({ c: { run } }) } })
  t.throws(() => define({ a: { subcommands: inner } }), { code: 'ERR_OPTION', path: 'A.B' })
})
