// Limits that change while a connection runs, and what a decoder says of them.

import { line, resp } from '@shiny/codecs'
import { type Codec, Connection } from '@shiny/core'
import { type Decoder, NEED_MORE } from '@shiny/core/codec'

class Limited extends Connection<string> {
  override onMessage(): void {
    this.setLimits({ codec: { maxLength: 1024 }, maxBuffered: 4096 })
    this.setLimits({ codec: {} })
    this.setLimits(resp.beforeAuth)
    // @ts-expect-error: Type 'string' is not assignable to type 'number'
    this.setLimits({ codec: { maxLength: '1024' } })
    // @ts-expect-error: Type 'null' is not assignable to type
    this.setLimits({ codec: null })
    // @ts-expect-error: Object literal may only specify known properties
    this.setLimits({ maxLength: 1024 })
    // @ts-expect-error: Type 'number' is not assignable to type
    this.setLimits({ codec: 1024 })
  }
}
void Limited

const decoder: Decoder<string> = line().decoder()
// @ts-expect-error: Cannot invoke an object which is possibly 'undefined'
decoder.setLimits({ maxLength: 1 })
decoder.setLimits?.({ maxLength: 1 })

const limited: Codec<string> = {
  ...line(),
  decoder: () => {
    let longest = 10
    return {
      decode: (src) => (src.length < longest ? NEED_MORE : src.takeUtf8(longest)),
      setLimits: ({ maxLength = 10 }) => {
        longest = maxLength
      },
      keeps: () => false,
      pending: () => false
    }
  }
}
const wrong: Codec<string> = {
  ...line(),
  // @ts-expect-error: Type 'string' is not assignable to type 'boolean'
  decoder: () => ({ decode: () => NEED_MORE, keeps: () => 'nothing' })
}
const misunderstood: Codec<string> = {
  ...line(),
  // @ts-expect-error: Type 'number' is not assignable to type 'string'
  decoder: () => ({ decode: () => NEED_MORE, setLimits: (limits: Record<string, string>) => void limits })
}
void [limited, wrong, misunderstood]
