// What a codec is, and what its types say of its messages.

import { type bytes, type line, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { type Codec, type CodecIn, type CodecOut, NEED_MORE } from '@shiny/core'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <_ extends true>(): void => {}

same<Same<CodecIn<ReturnType<typeof line>>, string>>()
same<Same<CodecOut<ReturnType<typeof line>>, string>>()
same<Same<CodecIn<ReturnType<typeof bytes>>, Uint8Array>>()
same<Same<CodecOut<ReturnType<typeof bytes>>, Uint8Array | string>>()
const respCodec: Codec<RespCommand, RespReply> = resp()
void respCodec

const numbers: Codec<number> = {
  name: 'numbers',
  maxBuffered: 8,
  decoder: () => ({ decode: (src) => (src.length < 4 ? src.need(4) : src.u32(0)) }),
  encoder: () => ({ encode: (value, dst) => dst.u32(value) })
}

// A codec that delivers less and takes more stands in for another; never the other way.
const lenient: Codec<number | string, number> = numbers
const strict: Codec<number, 1 | 2> = numbers
void [lenient, strict]
// @ts-expect-error: Type 'number' is not assignable to type '1 | 2'
const narrowed: Codec<1 | 2, number> = numbers
// @ts-expect-error: Type 'string | number' is not assignable to type 'number'
const widened: Codec<number, number | string> = numbers
void [narrowed, widened]

const wrong: Codec<number> = {
  ...numbers,
  // @ts-expect-error: Type 'string' is not assignable to type 'number | unique symbol'
  decoder: () => ({ decode: (src) => (src.length === 0 ? NEED_MORE : src.takeUtf8(1)) })
}
const half: Codec<number> = {
  ...numbers,
  // @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
  encoder: () => ({ encode: (value, dst) => dst.utf8(value) })
}
void [wrong, half]
