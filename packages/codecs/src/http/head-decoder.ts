import { type ByteReader, type Decoder, NEED_MORE, type NeedMore } from '@shiny/core/codec'
import { readField } from './fields.js'
import type { HttpHeadSettings } from './options.js'
import { HttpRefusal } from './refusal.js'

const LF = 0x0a
const CR = 0x0d

/** Reads heads line by line, each when it is whole. The bytes of a head stay where they are until its last line has come. */
export abstract class HeadDecoder<Head> implements Decoder<Head> {
  readonly #settings: HttpHeadSettings
  /** Where the next line begins, among the unread bytes. */
  #line = 0
  /** Up to where there is no line feed behind that. */
  #scanned = 0
  #lines = 0
  #fields = new Map<string, string>()

  constructor(settings: HttpHeadSettings) {
    this.#settings = settings
  }

  decode(src: ByteReader): Head | NeedMore {
    const { maxHead } = this.#settings
    for (;;) {
      const end = src.indexOf(LF, this.#scanned)
      if ((end === -1 ? src.length : end + 1) > maxHead)
        throw new HttpRefusal(431, `a head is longer than ${maxHead} bytes`, 'ERR_FRAME_TOO_LONG')
      this.#scanned = end === -1 ? src.length : end + 1
      if (end === -1) return NEED_MORE
      if (end === this.#line || src.u8(end - 1) !== CR) throw new HttpRefusal(400, 'a line does not end in CR LF')
      const line = src.memory.latin1Slice(src.position + this.#line, src.position + end - 1)
      this.#line = end + 1
      const head = this.#take(line)
      if (head === null) continue
      src.skip(end + 1)
      return head
    }
  }

  /** Reads the first line. */
  protected abstract first(line: string): void
  /** Makes the head of all lines; null: it is passed over. */
  protected abstract complete(fields: ReadonlyMap<string, string>): Head

  #take(line: string): Head | null {
    // One empty line before a head is forgiven: RFC 9112, section 2.2.
    if (this.#lines === 0 && line === '' && this.#line === 2) return null
    if (line === '' && this.#lines > 0) {
      const fields = this.#fields
      this.#fields = new Map()
      this.#line = this.#scanned = this.#lines = 0
      return this.complete(fields)
    }
    if (this.#lines === 0) this.first(line)
    else if (this.#lines > this.#settings.maxHeaders) throw tooMany(this.#settings.maxHeaders)
    else readField(line, this.#fields)
    this.#lines++
    return null
  }
}

function tooMany(maxHeaders: number): HttpRefusal {
  return new HttpRefusal(431, `a head has more than ${maxHeaders} fields`, 'ERR_TOO_MANY_ELEMENTS')
}
