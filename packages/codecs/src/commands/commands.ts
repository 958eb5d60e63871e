import type { RespReply } from '../resp/reply.js'
import type { CommandCaller, CommandDefinitions, CommandOptions } from './definition.js'
import { CommandTable } from './table.js'

/**
 * Begins a table of commands, for RESP and for protocols of lines alike. `App` is the type of the connections' `app`, `Reply` what
 * they send, and `C` what commands are given of a connection: a class of yours, where they need more of it than
 * {@link CommandCaller} has.
 *
 * The function that it returns takes the commands by name: with a schema of their arguments, whose types it infers, or with
 * `arity` alone, and then they are given the view of the request, without anything being allocated.
 *
 * @throws ShinyError ERR_OPTION for a name that is none or comes twice, a command with neither `run` nor `subcommands`, or subcommands of
 * subcommands.
 *
 * @example
 * ```ts
 * import { Connection, Server } from '@shiny/core'
 * import { commands, type RespCommand, type RespReply, resp } from '@shiny/codecs'
 * import * as z from 'zod'
 *
 * type Store = Map<string, string>
 *
 * const table = commands<Store>()({
 *   get: { args: z.tuple([z.string()]), run: (c, [key]) => c.app.get(key) ?? null },
 *   set: {
 *     args: z.tuple([z.string(), z.string()]),
 *     run: (c, [key, value]) => {
 *       c.app.set(key, value)
 *       return resp.ok
 *     }
 *   },
 *   ping: { arity: 1, run: () => resp.pong }
 * })
 *
 * class Session extends Connection<RespCommand, RespReply, Store> {
 *   override onMessage(command: RespCommand): void | Promise<void> {
 *     return table.run(this, command)
 *   }
 * }
 *
 * new Server({ codec: resp({ names: table.names }), connection: Session, app: new Map() })
 * ```
 */
export function commands<App, Reply = RespReply, C extends CommandCaller<App, Reply> = CommandCaller<App, Reply>>(
  options: CommandOptions<C, Reply> = {}
): <Args>(definitions: CommandDefinitions<C, Reply, Args>) => CommandTable<C, Reply> {
  return (definitions) => new CommandTable<C, Reply>(definitions, options)
}
