import type { ByteWriter, Encoder } from '@shiny/core/codec'
import { unframeable } from '../framers/refusals.js'
import { unsendable } from '../options.js'
import { hasLineFeed, losesReturn } from './framing.js'
import type { LineSettings } from './options.js'

/** Strings up to this many characters are looked through by a loop: cheaper than a call into the runtime. */
const SHORT = 32
const LF = 0x0a
const CR = 0x0d

function containsFeed(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === LF) return true
  return false
}

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
    const { length } = text
    if (length > SHORT ? text.includes('\n') : containsFeed(text)) throw hasLineFeed()
    if (this.#losesReturn && text.charCodeAt(length - 1) === CR) throw losesReturn()
    // Cut to its low byte, U+010A would be a line feed.
    if (this.#latin1 && /[^\0-\xff]/.test(text)) throw unframeable('a line to be sent has characters beyond U+00FF')
  }
}
