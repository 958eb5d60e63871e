import type { ByteWriter, Encoder } from '@shiny/core/codec'
import { unframeable } from '../framers/refusals.js'
import { unsendable } from '../options.js'
import { hasLineFeed, losesReturn } from './framing.js'
import type { LineSettings } from './options.js'

const LF = 0x0a
const CR = 0x0d

/** Writes lines, and refuses those that the peer would read as more than one. */
export class LineEncoder implements Encoder<string> {
  readonly #latin1: boolean
  readonly #crlf: boolean
  /** Where a carriage return at the end of the text would be taken for a part of the ending. */
  readonly #losesReturn: boolean

  constructor(settings: LineSettings) {
    this.#latin1 = settings.encoding === 'latin1'
    this.#crlf = settings.ending === '\r\n'
    this.#losesReturn = settings.newline !== 'lf' && !this.#crlf
  }

  encode(text: string, dst: ByteWriter): void {
    if (typeof text !== 'string') throw unsendable('line', text, 'a string')
    this.#check(text)
    if (this.#latin1) dst.latin1(text)
    else dst.utf8(text)
    if (this.#crlf) dst.u8(CR)
    dst.u8(LF)
  }

  #check(text: string): void {
    if (text.includes('\n')) throw hasLineFeed()
    if (this.#losesReturn && text.charCodeAt(text.length - 1) === CR) throw losesReturn()
    // Cut to its low byte, U+010A would be a line feed.
    if (this.#latin1 && /[^\0-\xff]/.test(text)) throw unframeable('a line to be sent has characters beyond U+00FF')
  }
}
