import { type ByteReader, type CodecLimits, type Decoder, NEED_MORE, type NeedMore } from '@shiny/core/codec'
import type { RespCommand } from './command.js'
import { CommandView } from './command-view.js'
import type { NameIndex } from './name-index.js'
import { limitsInForce, type RespLimits } from './options.js'
import { RequestParser } from './request-parser.js'

/** Cuts requests in TypeScript; the native plan `resp` must agree with it. */
export class RespDecoder implements Decoder<RespCommand> {
  readonly #own: RespLimits
  readonly #view: CommandView
  #parser: RequestParser

  constructor(own: RespLimits, index: NameIndex) {
    this.#own = own
    this.#view = new CommandView(index)
    this.#parser = new RequestParser(limitsInForce(own, {}), this.#view)
  }

  /** An incomplete request is still where it was, and is read again from its first byte. */
  setLimits(limits: CodecLimits): void {
    this.#parser = new RequestParser(limitsInForce(this.#own, limits), this.#view)
  }

  decode(src: ByteReader): RespCommand | NeedMore {
    const parser = this.#parser
    const start = src.position
    let end = -1
    try {
      end = parser.parse(src.memory, start, start + src.length)
    } finally {
      // Empty requests in front of a request, or of what is refused, are no part of it.
      src.skip(parser.frame - start)
      src.beginFrame()
      if (end >= 0) src.skip(end - parser.frame)
    }
    if (end >= 0) return this.#view
    return parser.needed > 0 ? src.need(parser.needed) : NEED_MORE
  }
}
