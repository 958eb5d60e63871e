/**
 * Servers and connections as classes, over a native reactor or over `node:net`.
 *
 * @packageDocumentation
 */

export type { ListenOptions } from './address/address.js'
export type { AccessMatch, AccessRule } from './admission/access-list.js'
export type { DropReason } from './admission/drop-reason.js'
export { connect } from './client/connect.js'
export type { ConnectOptions, ConnectTarget } from './client/options.js'
export * from './codec/index.js'
export type { AnyConnection } from './connection/channel-host.js'
export type { CloseReason } from './connection/close-reason.js'
export { Connection } from './connection/connection.js'
export type { PeerCredentials } from './connection/credentials.js'
export { type ConnectionHooks, defineConnection } from './connection/define-connection.js'
export type { AppOf, NeedsApp } from './connection/handler.js'
export type { ConnectionLimits } from './connection/limits.js'
export type { Timeouts } from './connection/timeouts.js'
export type { UpgradeOptions } from './connection/upgrade.js'
export { Waker } from './connection/waker.js'
export type { ErrorDetails, TimeoutKind } from './errors/index.js'
export type {
  AnyServer,
  ConnectionCloseMessage,
  ConnectionDropMessage,
  ConnectionErrorMessage,
  ConnectionOpenMessage,
  DiagnosticsMessages,
  ServerListenMessage,
  ServerStopMessage
} from './observe/diagnostics.js'
export { addStats, type ClosedStats, type Counts, type ServerStats } from './observe/stats.js'
export type { ReactorInfo } from './reactor/contract.js'
export {
  type ServeAccept,
  type ServeAnswer,
  type ServeClosed,
  type ServeHandle,
  type ServeTicker,
  serve
} from './serve/serve.js'
export type {
  AcceptanceLimits,
  AcceptRate,
  AdmissionOptions,
  ProxyProtocolOptions
} from './server/admission-options.js'
export type { ServerEvents } from './server/events.js'
export { type InheritedSocket, inheritedSockets } from './server/inherited-sockets.js'
export type { AppOption, CommonServerOptions, Handler, ServerOptions } from './server/options.js'
export { Server, type StopOptions } from './server/server.js'
export type { TotalLimits } from './server/total-options.js'
export { Endpoint } from './udp/endpoint.js'
export type { CommonUdpOptions, EndpointClass, UdpListenOptions, UdpServerOptions } from './udp/options.js'
export type { UdpStats } from './udp/stats.js'
export { UdpServer, type UdpServerEvents } from './udp/udp-server.js'
export type { Balance, WorkersOptions } from './workers/options.js'
export { type WorkerInfo, WorkerPool, type WorkerPoolEvents } from './workers/pool.js'
export { workers } from './workers/workers.js'
