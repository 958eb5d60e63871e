import type { SchemaOutput, StandardSchema } from '@shiny/core/codec'
import type { RespCommand } from '../resp/command.js'
import type { CommandTable } from './table.js'

/** What a command is told to be; Redis's words, which `COMMAND` repeats. A `guard` may decide by them. */
export type CommandFlag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'pubsub'
  | 'noscript'
  | 'blocking'
  | 'loading'
  | 'stale'
  | 'skip_monitor'
  | 'skip_slowlog'
  | 'asking'
  | 'fast'
  | 'no_auth'
  | 'may_replicate'
  | 'allow_busy'
  | 'no_async_loading'
  | 'no_multi'
  | 'movablekeys'
  | 'no_mandatory_keys'

/** Where the keys are among the arguments: the first, the last (negative: counted from the end), and the step; zeros for none. */
export type KeyPlaces = readonly [first: number, last: number, step: number]

/** What a command may ask of the connection that it came by. Every Connection that sends `Reply` is one. */
export interface CommandCaller<App, Reply> {
  readonly app: App
  readonly id: number
  readonly isOpen: boolean
  readonly signal: AbortSignal
  /** Sends a reply, or something unasked. */
  readonly send: (reply: Reply) => void
  /** Closes, after a last reply if one is given. */
  readonly end: (...last: [] | [reply: Reply]) => void
  /** Closes when all that was sent has left. */
  readonly close: () => void
  /** Closes at once. */
  readonly destroy: (error?: Error) => void
}

/**
 * What `run` may return: the reply, or nothing where it sends by itself. A boolean is what `send` returns and never becomes a
 * reply, so that `(c) => c.send(reply)` answers once.
 */
export type CommandAnswer<C, Reply> =
  | Exclude<Reply, boolean>
  | (C extends {
      /** What the caller answers by. */
      send: (...args: never) => infer Sent
    }
      ? Sent
      : never)
  | void

/** What `run` is given: what the schema makes of the arguments, or the raw view where there is no schema. */
export type CommandInput<Args> = Args extends StandardSchema ? SchemaOutput<Args> : RespCommand

/** What is told of a command. */
export interface CommandDescription {
  /**
   * How many words a request has, its name (and that of the subcommand) among them; negative: at least so many. Default: -1,
   * where `args` decides, or nobody.
   */
  readonly arity?: number
  readonly flags?: readonly CommandFlag[]
  /** One sentence for help. A command without one is not listed there. */
  readonly summary?: string
  /** How it is called, for help; by default made of name and arity. */
  readonly usage?: string
  readonly keys?: KeyPlaces
  /** What it belongs to, for example `string`. */
  readonly group?: string
  /** The version that had it first. */
  readonly since?: string
}

/** One command of a table. It has `run`, or `subcommands`, or both: then `run` answers the name alone. */
export interface CommandDefinition<C, Reply, Args> extends CommandDescription {
  /**
   * A schema, of zod or whatever follows Standard Schema, of the arguments behind the names, which it gets as an array of
   * texts. It must validate synchronously.
   */
  readonly args?: Args & StandardSchema
  /**
   * Carries the command out. What it returns is sent; the next command of the same connection waits for a promise. Without `args` it is
   * given the view of the request, which is valid until it returns.
   */
  readonly run?: (caller: C, input: CommandInput<Args>) => CommandAnswer<C, Reply> | Promise<CommandAnswer<C, Reply>>
  /** Commands that the second word chooses between. They cannot have subcommands themselves. */
  readonly subcommands?: CommandTable<C, Reply>
}

/** Commands by name, in any case of letters. */
export type CommandDefinitions<C, Reply, Args> = {
  readonly [Name in keyof Args]: CommandDefinition<C, Reply, Args[Name]>
}

/** What may be told a table. */
export interface CommandOptions<C, Reply> {
  /**
   * Called for every command that is known and has as many arguments as it may, before its subcommand is looked up. What it returns is
   * sent in place of carrying the command out.
   */
  readonly guard?: (caller: C, row: CommandRow, command: RespCommand) => Exclude<Reply, boolean> | undefined | void
}

/** A command as a table has it, with nothing left out. */
export interface CommandRow {
  /** In upper case. */
  readonly name: string
  readonly arity: number
  readonly flags: readonly CommandFlag[]
  readonly summary: string
  readonly usage: string
  readonly keys: KeyPlaces
  readonly group: string
  readonly since: string
  readonly subcommands: readonly CommandRow[]
}
