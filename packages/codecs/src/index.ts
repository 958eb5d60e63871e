/**
 * Codecs for shiny. {@link bytes}, {@link line}, {@link resp} and, for its callers, {@link respClient}, {@link webSocket} and the heads of {@link httpHead} are complete protocols; {@link line}, {@link delimited}, {@link fixedLength},
 * {@link lengthPrefixed}, {@link varintPrefixed}, {@link netstring}, {@link slip} and {@link cobs} are framers, which make a codec of any
 * format; {@link text}, {@link binary} and {@link json} are formats, for framers and datagrams alike. {@link commands} makes a table of
 * commands. {@link proxyProtocol} stands in front of any of them.
 *
 * Each decodes in TypeScript, anywhere; some offer the native reactor a plan by which it finds the same frames.
 *
 * @packageDocumentation
 */
export { type BytesOptions, bytes } from './bytes.js'
export { commands } from './commands/commands.js'
export type {
  CommandAnswer,
  CommandCaller,
  CommandDefinition,
  CommandDefinitions,
  CommandDescription,
  CommandFlag,
  CommandInput,
  CommandOptions,
  CommandRow,
  KeyPlaces
} from './commands/definition.js'
export { CommandTable } from './commands/table.js'
export { excerpt } from './commands/texts.js'
export { type BinaryOptions, binary } from './formats/binary.js'
export { type TextOptions, text } from './formats/text.js'
export { type CobsOptions, cobs } from './framers/cobs.js'
export { type DelimitedOptions, delimited } from './framers/delimited.js'
export { fixedLength } from './framers/fixed-length.js'
export { type NetstringOptions, netstring } from './framers/netstring.js'
export type { Oversize } from './framers/refusals.js'
export { type SlipOptions, slip } from './framers/slip.js'
export { type VarintPrefixedOptions, varintPrefixed } from './framers/varint-prefixed.js'
export { httpClientHead, httpHead } from './http/http-head.js'
export type {
  HttpFields,
  HttpFieldsInit,
  HttpRequest,
  HttpRequestHead,
  HttpResponse,
  HttpResponseHead
} from './http/message.js'
export type { HttpHeadOptions } from './http/options.js'
export { type Json, json } from './json/json.js'
export { lengthPrefixed } from './length-prefixed/length-prefixed.js'
export type { LengthPrefixedOptions } from './length-prefixed/options.js'
export { line } from './line/line.js'
export type { LineOptions } from './line/options.js'
export { type ProxyProtocolPreambleOptions, proxyProtocol } from './proxy-protocol/proxy-protocol.js'
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
export type { WebSocketMessage, WebSocketOutput } from './web-socket/message.js'
export type { WebSocketOptions } from './web-socket/options.js'
export { webSocket } from './web-socket/web-socket.js'
