import {
  type ByteReader,
  type CodecLimits,
  type ComposableCodec,
  compose,
  type Decoder,
  NEED_MORE,
  type NeedMore
} from '@shiny/core/codec'
import { RequestEncoder } from './encoder.js'
import { limitedReplies, type RespClientOptions, type RespClientSettings, respClientSettings } from './options.js'
import { ReplyParser } from './reply-parser.js'
import type { RespRequest, RespValue } from './value.js'

/** Cuts replies. */
class ReplyDecoder implements Decoder<RespValue> {
  readonly #settings: RespClientSettings
  #parser: ReplyParser

  constructor(settings: RespClientSettings) {
    this.#settings = settings
    this.#parser = new ReplyParser(settings)
  }

  /** An incomplete reply is still where it was, and is read again from its first byte. */
  setLimits(limits: CodecLimits): void {
    this.#parser = new ReplyParser(limitedReplies(this.#settings, limits))
  }

  decode(src: ByteReader): RespValue | NeedMore {
    const parser = this.#parser
    const value = parser.parse(src.memory, src.position, src.position + src.length)
    if (value !== NEED_MORE) src.skip(parser.end)
    else if (parser.needed > 0) return src.need(parser.needed)
    return value
  }
}

/**
 * The calling side of Redis's protocol: sends requests, an array of arguments each, and delivers what the server says, as
 * {@link RespValue}. It understands RESP2 and RESP3, whichever is in force, with all types and streamed ones: the version is the server's
 * business once `HELLO` has asked for it.
 *
 * Replies come in the order of the requests. A {@link RespPush} belongs to none, and may come before or behind any.
 *
 * Nothing is allocated by a number that a header announces: what is nested or counted grows as it arrives, within the
 * limits.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 *
 * @example
 * ```ts
 * import { Connection, connect } from '@shiny/core'
 * import { type RespRequest, type RespValue, respClient } from '@shiny/codecs'
 *
 * class Caller extends Connection<RespValue, RespRequest> {
 *   override onOpen(): void {
 *     this.send(['HELLO', 3])
 *     this.send(['INCRBY', 'visits', 10])
 *   }
 *   override onMessage(value: RespValue): void {
 *     console.log(value)
 *   }
 * }
 *
 * await connect({ port: 6379, codec: respClient(), connection: Caller })
 * ```
 */
export function respClient(options: RespClientOptions = {}): ComposableCodec<RespValue, RespRequest> {
  const settings = respClientSettings(options)
  return compose({
    name: 'respClient',
    maxBuffered: settings.maxReply,
    decoder: () => new ReplyDecoder(settings),
    encoder: () => new RequestEncoder()
  })
}
