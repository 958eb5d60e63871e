/**
 * Codecs for shiny: {@link bytes}, {@link line} and {@link resp}. Each decodes in TypeScript, anywhere, and offers the
 * native reactor a plan by which it finds the same frames.
 *
 * @packageDocumentation
 */
export { type BytesOptions, bytes } from './bytes.js'
export { type DatagramBytesOptions, type DatagramTextOptions, datagramBytes, datagramText } from './datagram.js'
export { line } from './line/line.js'
export type { LineOptions } from './line/options.js'
export type { RespCommand } from './resp/command.js'
export { defaultNames } from './resp/default-names.js'
export type { RespOptions } from './resp/options.js'
export {
  nullArray,
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
export { type Resp, resp } from './resp/resp.js'
