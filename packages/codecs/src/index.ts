/**
 * Codecs for shiny: {@link bytes}, {@link line}, {@link resp} and, for its callers, {@link respClient}. Each decodes in TypeScript, anywhere, and offers the
 * native reactor a plan by which it finds the same frames.
 *
 * @packageDocumentation
 */
export { type BytesOptions, bytes } from './bytes.js'
export { type DatagramBytesOptions, type DatagramTextOptions, datagramBytes, datagramText } from './datagram.js'
export { line } from './line/line.js'
export type { LineOptions } from './line/options.js'
export type { RespClientOptions } from './resp/client/options.js'
export { respClient } from './resp/client/resp-client.js'
export type { RespRequest, RespValue } from './resp/client/value.js'
export type { RespCommand } from './resp/command.js'
export { defaultNames } from './resp/default-names.js'
export type { RespOptions } from './resp/options.js'
export {
  nullArray,
  RespAttributed,
  RespDouble,
  RespFailure,
  type RespNullArray,
  RespPush,
  type RespReply,
  RespSlice,
  RespStatus,
  RespSwitch,
  RespVerbatim
} from './resp/reply.js'
export { type Resp, type RespConnectionLimits, resp } from './resp/resp.js'
