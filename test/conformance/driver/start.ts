import { mkdtempSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { line } from '@shiny/codecs'
import {
  type Address,
  type AdmissionOptions,
  type Codec,
  type CommonServerOptions,
  type Handler,
  type ListenOptions,
  Server
} from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './journal.js'
import { Peer, type PeerOptions } from './peer.js'
import { currentTransport, type ReactorKind } from './reactors.js'

/** What a test's server needs to know beyond the reactor. */
export interface StartOptions<In, Out> extends CommonServerOptions, AdmissionOptions {
  readonly codec: Codec<In, Out>
  readonly connection: Handler<NoInfer<In>, NoInfer<Out>, Journal>
  readonly at?: ListenOptions
}

/** A server that listens, its journal, and a way to it. */
export interface Started<In, Out> {
  readonly server: Server<In, Out, Journal>
  readonly journal: Journal
  readonly address: Address
  readonly connect: (options?: PeerOptions) => Promise<Peer>
}

/** Any free port of the IPv4 loopback. */
export const loopback: ListenOptions = { host: '127.0.0.1', port: 0 }

/** Starts a server that is stopped when the test ends. */
export async function start<In, Out>(
  t: Test,
  reactor: ReactorKind,
  { codec, connection, at = somewhere(t), ...options }: StartOptions<In, Out>
): Promise<Started<In, Out>> {
  const journal = new Journal()
  const server = new Server<In, Out, Journal>({ codec, connection, app: journal, reactor, ...options })
  return { server, journal, ...(await listen(t, server, at)) }
}

/** Starts a server of lines. */
export function startLines(
  t: Test,
  reactor: ReactorKind,
  connection: Handler<string, string, Journal>,
  options: Partial<StartOptions<string, string>> = {}
): Promise<Started<string, string>> {
  return start(t, reactor, { codec: line(), ...options, connection })
}

/** Lets a server listen until the test ends. */
export async function listen<In, Out, App>(
  t: Test,
  server: Server<In, Out, App>,
  at: ListenOptions = somewhere(t)
): Promise<{ address: Address; connect: (options?: PeerOptions) => Promise<Peer> }> {
  await server.listen(at)
  const peers: Peer[] = []
  t.teardown(async () => {
    for (const peer of peers) peer.socket.destroy()
    await server.stop({ timeout: 0 })
  })
  const address = server.addresses[0] as Address
  const connect = async (options: PeerOptions = {}) => {
    const peer = await Peer.connect(address, options)
    peers.push(peer)
    return peer
  }
  return { address, connect }
}

/** A free address of the transport that the cases are run over. */
function somewhere(t: Test): ListenOptions {
  return currentTransport() === 'Unix' ? { path: socketPath(t) } : loopback
}

/** The path of a Unix socket that does not exist yet. */
export function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiny-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'socket')
}

/** Every kind of address that this machine has, by name. */
export function transports(t: Test): [name: string, at: ListenOptions][] {
  const found: [string, ListenOptions][] = [
    ['IPv4', loopback],
    ['Unix', { path: socketPath(t) }]
  ]
  const ends = Object.values(networkInterfaces()).flat()
  if (ends.some((end) => end?.address === '::1')) found.push(['IPv6', { host: '::1', port: 0 }])
  return found
}
