import {
  type DecodeError,
  type FrameCursor,
  type FrameReader,
  latin1Text,
  type RawBuffer,
  utf8Text
} from '@shiny/core/codec'
import { lineTooLong } from './framing.js'
import type { LineSettings } from './options.js'

/** Up to so many bytes of lines are made one text. Whoever keeps one of the lines keeps them all, so it is not more. */
export const RUN = 2048

/**
 * Makes texts from the entries of the native plan `line`: `[end, contentEnd]`. Short lines that stand next to each other are made one
 * text by one call into the runtime, of which each is cut: such a call costs many times what cutting does. What is kept is of one walk
 * only, so that all connections may share a reader.
 */
export class LineFrames implements FrameReader<string> {
  readonly #latin1: boolean
  readonly #ending: string
  /** The run and the walk that it is of; -1 where there is none. */
  #text = ''
  #walk = -1
  /** Where it ends in the bytes. */
  #end = 0
  /** Where it begins in the bytes, as far as each of its bytes is one character; -1 where that is not so. */
  #base = 0
  /** Where its next line begins among its characters, where those are not the bytes. */
  #place = 0

  constructor(settings: LineSettings) {
    this.#latin1 = settings.encoding === 'latin1'
    this.#ending = settings.newline === 'crlf' ? '\r\n' : '\n'
  }

  read(cursor: FrameCursor): string {
    const { table, at, start } = cursor
    const end = table[at] as number
    const contentEnd = table[at + 1] as number
    cursor.at = at + 2
    cursor.start = end
    if (cursor.walk !== this.#walk && !this.#gather(cursor, start, end)) {
      return this.#slice(cursor.bytes, start, contentEnd)
    }
    const text = this.#text
    const base = this.#base
    if (end === this.#end) this.#drop()
    if (base >= 0) return text.substring(start - base, contentEnd - base)
    const place = this.#place
    this.#place = text.indexOf(this.#ending, place) + this.#ending.length
    return text.substring(place, this.#place - (end - contentEnd))
  }

  refuse(_reason: number, detail: number): DecodeError {
    return lineTooLong(detail)
  }

  /** Makes a text of the line from `start` to `end` and those behind it; false when it is better left alone. */
  #gather({ table, at, until, bytes, walk }: FrameCursor, start: number, end: number): boolean {
    let last = end
    for (let next = at; next < until && (table[next] as number) - start <= RUN; next += 2) last = table[next] as number
    if (last === end) return false
    const text = this.#slice(bytes, start, last)
    this.#text = text
    this.#walk = walk
    this.#end = last
    // No character is made of fewer bytes than it has code units, so that equal counts mean one for each.
    this.#base = text.length === last - start ? start : -1
    this.#place = 0
    return true
  }

  #drop(): void {
    this.#text = ''
    this.#walk = -1
  }

  #slice(bytes: RawBuffer, start: number, end: number): string {
    return this.#latin1 ? latin1Text(bytes, start, end) : utf8Text(bytes, start, end)
  }
}
