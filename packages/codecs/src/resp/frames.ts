import type { DecodeError, FrameCursor, FrameReader, RawBuffer } from '@shiny/core/codec'
import type { RespCommand } from './command.js'
import { CommandView } from './command-view.js'
import type { NameIndex } from './name-index.js'
import type { RespLimitsInForce } from './options.js'
import { refusal } from './refusal.js'
import { RequestParser } from './request-parser.js'

/** Makes requests from the entries of the native plan `resp`: `[end, token, count, (start, end) × count]`. */
export class RespFrames implements FrameReader<RespCommand> {
  readonly #limits: RespLimitsInForce
  readonly #view: CommandView
  #walker: RequestParser | undefined

  constructor(limits: RespLimitsInForce, index: NameIndex) {
    this.#limits = limits
    this.#view = new CommandView(index)
  }

  read(cursor: FrameCursor): RespCommand {
    const { table, at } = cursor
    const count = table[at + 2] as number
    if (count === 0) return this.#walk(cursor)
    this.#view.point(cursor.bytes, table, at + 3, 0, count, table[at + 1] as number)
    cursor.at = at + 3 + count * 2
    cursor.start = table[at] as number
    return this.#view
  }

  refuse(reason: number, detail: number): DecodeError {
    return refusal(reason, detail, this.#limits.own)
  }

  /** Empty requests stand before it, if anything does. */
  frameStart(bytes: RawBuffer, start: number, end: number): number {
    const parser = new RequestParser(this.#limits, this.#view)
    parser.parse(bytes, start, end)
    return parser.frame
  }

  /** Reads a request that the plan found whole but did not index; it stands at the end of what is given. */
  #walk(cursor: FrameCursor): RespCommand {
    const { bytes, start } = cursor
    const end = cursor.table[cursor.at] as number
    cursor.at += 3
    cursor.start = end
    this.#walker ??= new RequestParser(this.#limits, this.#view)
    if (this.#walker.parse(bytes, start, end) !== end) throw new Error('the framings of RESP disagree')
    return this.#view
  }
}
