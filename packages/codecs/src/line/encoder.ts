import { type ByteWriter, type Encoder, ShinyError } from '@shiny/core/codec'
import { describe } from '../options.js'
import type { LineSettings } from './options.js'

/** Strings up to this many characters are looked through by a loop: cheaper than a call into the runtime. */
const SHORT = 32
const LF = 0x0a
const CR = 0x0d

function invalid(message: string): ShinyError {
  return new ShinyError('ERR_INVALID_MESSAGE', message, { origin: 'encode' })
}

/** Writes lines, and refuses those that the peer would read as more than one. */
export class LineEncoder implements Encoder<string> {
  readonly #latin1: boolean
  readonly #crlf: boolean
  /** Where the wire format says that a carriage return is a character like any other. */
  readonly #allowReturn: boolean

  constructor(settings: LineSettings) {
    this.#latin1 = settings.encoding === 'latin1'
    this.#crlf = settings.ending === '\r\n'
    this.#allowReturn = settings.newline === 'lf' && !this.#crlf
  }

  encode(text: string, dst: ByteWriter): void {
    if (typeof text !== 'string') {
      throw new ShinyError('ERR_MESSAGE_TYPE', `line(): cannot send ${describe(text)}, expected a string`, {
        origin: 'encode'
      })
    }
    this.#check(text)
    if (this.#latin1) dst.latin1(text)
    else dst.utf8(text)
    if (this.#crlf) dst.u8(CR)
    dst.u8(LF)
  }

  #check(text: string): void {
    if (text.length > SHORT) {
      if (text.includes('\n')) throw invalid('a line to be sent contains a line feed')
      if (!this.#allowReturn && text.includes('\r')) throw invalid('a line to be sent contains a carriage return')
    } else {
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        if (unit > CR) continue
        if (unit === LF) throw invalid('a line to be sent contains a line feed')
        if (unit === CR && !this.#allowReturn) throw invalid('a line to be sent contains a carriage return')
      }
    }
    // Cut to its low byte, U+010A would be a line feed.
    if (this.#latin1 && /[^\0-\xff]/.test(text)) throw invalid('a line to be sent has characters beyond U+00FF')
  }
}
