/**
 * The contract of codecs, without any reactor: importing this sub-path loads no binary and opens no socket.
 *
 * @packageDocumentation
 */
export { Address } from '../address/address.js'
export { DecodeError, type ErrorCode, type ErrorOrigin, errorTable, ShinyError } from '../errors/index.js'
export { ByteReader } from './byte-reader.js'
export { ByteWriter } from './byte-writer.js'
export {
  type ComposableCodec,
  compose,
  type Framer,
  framer,
  type Preamble,
  preamble
} from './compose/composable.js'
export { type Choices, either, type Tagged } from './compose/either.js'
export type { FrameBounds, FrameCutter, FrameWrapper, Framing, FramingPlan } from './compose/framer.js'
export type { Conversion } from './compose/mapped.js'
export type { Stage, StageDecoder, StageEncoder } from './compose/piped.js'
export type { PreambleFormat } from './compose/preamble.js'
export type { SchemaInput, SchemaIssue, SchemaOutput, SchemaResult, StandardSchema } from './compose/standard-schema.js'
export { checkSchema } from './compose/validated.js'
export {
  type Codec,
  type CodecIn,
  type CodecLimits,
  type CodecOut,
  type Decoder,
  type Encoder,
  NEED_MORE,
  type NeedMore
} from './contract.js'
export type { Format } from './format.js'
export type {
  BytesPlan,
  DelimitedPlan,
  FixedPlan,
  FrameCursor,
  FrameReader,
  LengthPlan,
  LinePlan,
  NativeFraming,
  NativePlan,
  RespPlan
} from './native-framing.js'
export { decodeProxyHeader } from './proxy/decode.js'
export { encodeProxyHeader, type ProxyHeaderOptions } from './proxy/encode.js'
export type { ProxyFacts, ProxyHeader, ProxyTlv } from './proxy/proxy-header.js'
export { type RawBuffer, rawBuffer } from './raw-buffer.js'
export { latin1Text, utf8Text } from './short-text.js'
