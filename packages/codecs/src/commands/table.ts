import type { RespCommand } from '../resp/command.js'
import { NameIndex } from '../resp/name-index.js'
import { RespFailure, RespStatus } from '../resp/reply.js'
import { readArguments } from './arguments.js'
import type { CommandOptions, CommandRow } from './definition.js'
import { helpOf, subcommandHelp } from './help.js'
import { LineView, readLine } from './line-view.js'
import { type Row, rowsOf } from './row.js'
import { texts } from './texts.js'

/** The part of a caller that a table itself uses. */
interface Caller {
  readonly isOpen: boolean
  send(reply: unknown): unknown
}

/**
 * Commands by name, made by {@link commands}. `C` is what a command came by, a Connection most likely, and `Reply` what that may
 * send.
 *
 * A table answers by itself what no command can: an unknown name, a wrong number of arguments, arguments that a schema refuses,
 * in Redis's words; and `HELP` of a command with subcommands.
 */
export class CommandTable<C, Reply> {
  /** The names in upper case, for the codec: `resp({ names: table.names })` recognises them while framing. */
  readonly names: readonly string[]
  /** The commands, in the order of their definition. */
  readonly rows: readonly CommandRow[]
  /** How each command with a summary is called and what it does, in two lines. */
  readonly help: readonly string[]
  readonly #rows: readonly Row<C>[]
  readonly #byName: ReadonlyMap<string, Row<C>>
  readonly #index: NameIndex
  readonly #guard: NonNullable<CommandOptions<C, Reply>['guard']> | null

  /** @internal */
  constructor(definitions: object, { guard }: CommandOptions<C, Reply>) {
    const rows = rowsOf<C>(definitions)
    this.#rows = rows
    this.rows = rows
    this.names = Object.freeze(rows.map(({ name }) => name))
    this.help = Object.freeze(helpOf(rows))
    this.#byName = new Map(rows.map((row) => [row.name, row]))
    this.#index = new NameIndex(this.names)
    this.#guard = guard ?? null
  }

  /** The command of this name, in any case of letters. */
  find(name: string): CommandRow | undefined {
    return this.#byName.get(name.toUpperCase())
  }

  /**
   * Carries out a request of `resp()`, or a line of text, which is split into words as Redis splits inline commands. Errors go back
   * as RESP errors, or as the lines of their texts; a line of nothing is no command. A line `help` that names no command is
   * answered by {@link CommandTable.help}.
   *
   * @returns a promise when the command does; hand it on from `onMessage`, so that the next one waits.
   * @throws whatever `run` or the guard throws.
   */
  run(caller: C, message: RespCommand | string): void | Promise<void> {
    if (typeof message === 'string') return this.#runLine(caller, message)
    const { token, name } = message
    // Of another codec than the table's, tokens are other names.
    const found = token >= 0 ? this.#rows[token] : undefined
    const row = found !== undefined && found.name === name ? found : this.#byName.get(name)
    if (row === undefined) refuse(caller, message, texts.unknownCommand(message))
    else return this.#runRow(caller, row, message)
  }

  #runLine(caller: C, line: string): void | Promise<void> {
    const command = readLine(line, this.#index)
    if (command === null) {
      say(caller, texts.unbalancedQuotes)
      return
    }
    if (command.length === 0) return
    const row = this.#byName.get(command.name)
    if (row !== undefined) return this.#runRow(caller, row, command)
    if (command.is(0, 'HELP')) sendLines(caller, command, this.help)
    else refuse(caller, command, texts.unknownCommand(command))
  }

  #runRow(caller: C, row: Row<C>, command: RespCommand): void | Promise<void> {
    if (!row.takes(command.length)) {
      refuse(caller, command, texts.wrongArity(row.name))
      return
    }
    if (this.#guard !== null) {
      const guard = this.#guard
      const refusal = guard(caller, row, command)
      if (refusal !== undefined) {
        say(caller, refusal)
        return
      }
    }
    if (row.byWord !== null) return runSubcommand(caller, row, command)
    return carryOut(caller, row, command, 1, row.name)
  }
}

function runSubcommand<C>(caller: C, row: Row<C>, command: RespCommand): void | Promise<void> {
  if (command.length === 1) {
    if (row.run !== null) return carryOut(caller, row, command, 1, row.name)
    return refuse(caller, command, texts.wrongArity(row.name))
  }
  const word = command.text(1).toUpperCase()
  const inner = row.byWord?.get(word)
  if (inner === undefined) {
    if (word === 'HELP' && command.length === 2) sendLines(caller, command, subcommandHelp(row))
    else refuse(caller, command, texts.unknownSubcommand(row.name, command))
    return
  }
  const fullName = `${row.name}|${word}`
  if (inner.takes(command.length)) return carryOut(caller, inner, command, 2, fullName)
  refuse(caller, command, texts.wrongArity(fullName))
}

function carryOut<C>(
  caller: C,
  row: Row<C>,
  command: RespCommand,
  names: number,
  fullName: string
): void | Promise<void> {
  let input: unknown = command
  if (row.schema !== null) {
    const read = readArguments(row.schema, command, names, fullName)
    if (read.error !== undefined) return refuse(caller, command, read.error)
    input = read.value
  }
  // Not as a method: what it is called on is none of its business.
  const run = row.run as NonNullable<Row<C>['run']>
  const result = run(caller, input)
  if (result !== undefined && typeof result !== 'boolean') return answer(caller, result)
}

function answer(caller: unknown, result: unknown): void | Promise<void> {
  if (!isThenable(result)) return say(caller, result)
  return Promise.resolve(result).then((reply) => {
    if (reply !== undefined && typeof reply !== 'boolean' && (caller as Caller).isOpen) say(caller, reply)
  })
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

function say(caller: unknown, reply: unknown): void {
  ;(caller as Caller).send(reply)
}

function refuse(caller: unknown, command: RespCommand, text: string): void {
  say(caller, command instanceof LineView ? text : new RespFailure(text))
}

function sendLines(caller: unknown, command: RespCommand, lines: readonly string[]): void {
  if (command instanceof LineView) for (const line of lines) say(caller, line)
  else
    say(
      caller,
      lines.map((line) => new RespStatus(line))
    )
}
