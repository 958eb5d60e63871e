import type { DecodeError, FrameCursor, FrameReader } from '@shiny/core/codec'
import { lineTooLong } from './framing.js'
import type { LineSettings } from './options.js'

/** Makes texts from the entries of the native plan `line`, without a reader in between: `[end, contentEnd]`. */
export class LineFrames implements FrameReader<string> {
  readonly #latin1: boolean

  constructor(settings: LineSettings) {
    this.#latin1 = settings.encoding === 'latin1'
  }

  read(cursor: FrameCursor): string {
    const { table, at, start, bytes } = cursor
    const contentEnd = table[at + 1] as number
    cursor.at = at + 2
    cursor.start = table[at] as number
    return this.#latin1 ? bytes.latin1Slice(start, contentEnd) : bytes.utf8Slice(start, contentEnd)
  }

  refuse(_reason: number, detail: number): DecodeError {
    return lineTooLong(detail)
  }
}
