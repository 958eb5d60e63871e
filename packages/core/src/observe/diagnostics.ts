import { channel } from 'node:diagnostics_channel'
import type { Address } from '../address/address.js'
import type { DropReason } from '../admission/drop-reason.js'
import type { AnyConnection } from '../connection/channel-host.js'
import type { CloseReason } from '../connection/close-reason.js'
import type { Server } from '../server/server.js'

/** A server of whatever codec. */
// biome-ignore lint/suspicious/noExplicitAny: a server's types are invariant, so that no other type takes all of them
export type AnyServer = Server<any, any, any>

/** `shiny:server:listen`: a server has begun to listen. */
export interface ServerListenMessage {
  readonly server: AnyServer
  readonly addresses: readonly Address[]
}

/** `shiny:server:stop`: a server has stopped, and its connections are closed. */
export interface ServerStopMessage {
  readonly server: AnyServer
  /** What it was bound to. */
  readonly addresses: readonly Address[]
}

/** `shiny:connection:open`: a connection was accepted; its `onOpen` comes next. */
export interface ConnectionOpenMessage {
  readonly server: AnyServer
  readonly connection: AnyConnection
}

/** `shiny:connection:close`: a connection has closed; its `onClose` has been called, its facts can still be read. */
export interface ConnectionCloseMessage {
  readonly server: AnyServer
  readonly connection: AnyConnection
  readonly reason: CloseReason
}

/** `shiny:connection:error`: a connection failed; its `onError` has been called. */
export interface ConnectionErrorMessage {
  readonly server: AnyServer
  readonly connection: AnyConnection
  readonly error: Error
}

/** `shiny:connection:drop`: a peer was refused before a connection served it. */
export interface ConnectionDropMessage {
  readonly server: AnyServer
  readonly peer: Address
  readonly reason: DropReason
}

/** The messages of shiny's diagnostics channels, by the channel's name. All are published in the thread of the server. */
export interface DiagnosticsMessages {
  'shiny:server:listen': ServerListenMessage
  'shiny:server:stop': ServerStopMessage
  'shiny:connection:open': ConnectionOpenMessage
  'shiny:connection:close': ConnectionCloseMessage
  'shiny:connection:error': ConnectionErrorMessage
  'shiny:connection:drop': ConnectionDropMessage
}

const listens = channel('shiny:server:listen')
const stops = channel('shiny:server:stop')
const opens = channel('shiny:connection:open')
const closes = channel('shiny:connection:close')
const errors = channel('shiny:connection:error')
const drops = channel('shiny:connection:drop')

// A message is made only for somebody who has subscribed.

export function publishListen(server: AnyServer): void {
  if (listens.hasSubscribers) listens.publish({ server, addresses: server.addresses } satisfies ServerListenMessage)
}

export function publishStop(server: AnyServer, addresses: readonly Address[]): void {
  if (stops.hasSubscribers) stops.publish({ server, addresses } satisfies ServerStopMessage)
}

export function publishOpen(server: AnyServer, connection: AnyConnection): void {
  if (opens.hasSubscribers) opens.publish({ server, connection } satisfies ConnectionOpenMessage)
}

export function publishClose(server: AnyServer, connection: AnyConnection, reason: CloseReason): void {
  if (closes.hasSubscribers) closes.publish({ server, connection, reason } satisfies ConnectionCloseMessage)
}

export function publishError(server: AnyServer, connection: AnyConnection, error: Error): void {
  if (errors.hasSubscribers) errors.publish({ server, connection, error } satisfies ConnectionErrorMessage)
}

export function publishDrop(server: AnyServer, peer: Address, reason: DropReason): void {
  if (drops.hasSubscribers) drops.publish({ server, peer, reason } satisfies ConnectionDropMessage)
}
