// A table of commands infers the arguments of each, and knows what its connections share and send.

import { commands, line, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import * as z from 'zod'

type Store = Map<string, string>

const table = commands<Store>()({
  get: { args: z.tuple([z.string()]), run: (c, [key]) => c.app.get(key) ?? null },
  incrby: {
    args: z.tuple([z.string(), z.coerce.number()]),
    flags: ['write', 'fast'],
    run: (c, [key, amount]) => {
      c.send(amount + key.length)
    }
  },
  mget: { args: z.array(z.string()), run: (c, keys) => keys.map((key) => c.app.get(key) ?? null) },
  echo: { arity: 2, run: (c, command) => c.send(command.bytes(1)) },
  save: { arity: 1, run: async (c) => c.app.size },
  nothing: { run: () => {} }
})

class Session extends Connection<RespCommand, RespReply, Store> {
  readonly name: string = ''
  override onMessage(command: RespCommand): void | Promise<void> {
    return table.run(this, command)
  }
}
new Server({ codec: resp({ names: table.names }), connection: Session, app: new Map() })

class OtherApp extends Connection<RespCommand, RespReply, Set<string>> {
  override onMessage(command: RespCommand): void | Promise<void> {
    // @ts-expect-error: Argument of type 'this' is not assignable to parameter of type
    return table.run(this, command)
  }
}
class SendsLess extends Connection<RespCommand, string, Store> {
  override onMessage(command: RespCommand): void | Promise<void> {
    // @ts-expect-error: Argument of type 'this' is not assignable to parameter of type
    return table.run(this, command)
  }
}
void [OtherApp, SendsLess]

commands<Store>()({
  // @ts-expect-error: Property 'toFixed' does not exist on type 'string'
  get: { args: z.tuple([z.string()]), run: (_, [key]) => key.toFixed() }
})
commands<Store>()({
  // @ts-expect-error: Tuple type '[string]' of length '1' has no element at index '1'
  get: { args: z.tuple([z.string()]), run: (_, [_key, more]) => more }
})
commands<Store>()({
  // @ts-expect-error: Property 'nonsense' does not exist on type 'RespCommand'
  get: { arity: 2, run: (_, command) => command.nonsense }
})
commands<Store>()({
  // @ts-expect-error: Property 'nonsense' does not exist on type 'Store'
  get: { arity: 2, run: (c) => c.app.nonsense }
})
commands<Store>()({
  // @ts-expect-error: is not assignable to type
  get: { arity: 2, run: () => ({ wrong: 'reply' }) }
})
commands<Store>()({
  // @ts-expect-error: is not assignable to type
  get: { arity: 2, run: () => true }
})
commands<Store>()({
  // @ts-expect-error: Type '"quick"' is not assignable to type 'CommandFlag'
  get: { arity: 2, flags: ['quick'], run: () => null }
})
commands<Store>()({
  // @ts-expect-error: is not assignable to type
  get: { args: { parse: () => [] }, run: () => null }
})

const lines = commands<Store, string>()({
  get: { args: z.tuple([z.string()]), run: (c, [key]) => c.app.get(key) ?? 'none' },
  // @ts-expect-error: is not assignable to type
  count: { arity: 1, run: (c) => c.app.size }
})
class Lines extends Connection<string, string, Store> {
  override onMessage(text: string): void | Promise<void> {
    return lines.run(this, text)
  }
}
new Server({ codec: line(), connection: Lines, app: new Map() })

const sessions = commands<Store, RespReply, Session>({
  guard: (session, row) => (session.name === '' && !row.flags.includes('no_auth') ? resp.error('NOAUTH') : undefined)
})
const named = sessions({
  name: { arity: 1, run: (session) => session.send(session.name) },
  client: { subcommands: sessions({ id: { arity: 2, run: ({ id }) => id } }) }
})
// @ts-expect-error: is not assignable to parameter of type 'Session'
named.run({} as Lines, 'name')

// Replies are checked where they are promised too, and where a guard gives them.
commands<Store>()({
  // @ts-expect-error: is not assignable to type
  later: { arity: 1, run: async () => ({ wrong: 'reply' }) }
})
// @ts-expect-error: is not assignable to type
commands<Store, string>({ guard: () => 1 })
// A row says what its arguments are by one of the two.
commands<Store>()({
  // @ts-expect-error: is not assignable to type
  get: { arity: '2', run: () => null }
})
const inner = commands<Store>()({ id: { arity: 2, run: () => 1 } })
commands<Store>()({ client: { subcommands: inner }, other: { subcommands: inner, run: () => null } })
const strangers = commands<Set<string>>()({ id: { arity: 2, run: ({ app }) => app.size } })
commands<Store>()({
  // @ts-expect-error: is not assignable to type
  client: { subcommands: strangers }
})
// A table for commands with less of an app serves connections with more.
const anything = commands<unknown>()({ ping: { arity: 1, run: () => resp.pong } })
class Anyone extends Connection<RespCommand, RespReply, Store> {
  override onMessage(command: RespCommand): void | Promise<void> {
    return anything.run(this, command)
  }
}
new Server({ codec: resp(), connection: Anyone, app: new Map() })
