/**
 * The door to the native reactor: loads the binary, and types it. `@shiny/core` is its one user; everybody else uses that.
 *
 * @packageDocumentation
 */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The memory that the reactor and its handler share; packages/native/src/reactor/bridge.h explains each part. */
export interface NativeBridge {
  readonly control: Int32Array
  readonly records: Int32Array
  readonly commands: Int32Array
  readonly outputTable: Int32Array
  readonly input: Uint8Array
  readonly output: Uint8Array
  readonly frames: Int32Array
  readonly sent: Float64Array
  readonly vitals: Float64Array
  /** The reactor puts the input buffers of connections with big frames here, by slot. */
  readonly inputs: (ArrayBuffer | undefined)[]
}

/** What connections have in common that come in the same way. */
export interface NativeGroup {
  /** The number of the codec's framing plan; -1 when JavaScript decodes. */
  readonly plan: number
  readonly highWaterMark: number
  readonly lowWaterMark: number
  readonly holdWhenBlocked: boolean
}

/** Where to connect to: a path, or a numeric host and a port. */
export interface NativeConnect extends NativeGroup {
  readonly path: string | undefined
  readonly host: string
  readonly port: number
}

/** Where to listen, and what the connections of the listener have in common. */
export interface NativeListen extends NativeConnect {
  readonly backlog: number
  readonly ipv6Only: boolean
  readonly reusePort: boolean
  readonly noDelay: boolean
  /** In seconds; 0 for none. */
  readonly keepAlive: number
  readonly mode: number | undefined
  readonly fd: number | undefined
}

/** An address: family, numeric host or path, port. */
export type NativeAddress = [family: 'ipv4' | 'ipv6' | 'unix' | 'unknown', host: string, port: number]

/** Who is at the other end of a Unix socket. */
export type NativeCredentials = [pid: number, uid: number, gid: number]

/** The memory of one UDP socket; packages/native/src/reactor/datagram_bridge.h explains each part. */
export interface NativeDatagramMemory {
  readonly input: Uint8Array
  readonly received: Int32Array
  readonly failures: Int32Array
  readonly output: Uint8Array
  readonly outgoing: Int32Array
  readonly facts: Float64Array
}

/** Where to bind a UDP socket, and its limits. Sizes are in bytes; a buffer of 0 is as the system has it. */
export interface NativeDatagramBind {
  readonly host: string
  readonly port: number
  readonly ipv6Only: boolean
  readonly reusePort: boolean
  readonly broadcast: boolean
  readonly receiveBuffer: number
  readonly sendBuffer: number
  readonly maxLength: number
  readonly highWaterMark: number
  readonly lowWaterMark: number
  readonly maxQueued: number
}

/** The functions for UDP sockets. The memory of one must stay where it is until it is closed. */
export interface NativeDatagrams {
  /** Answers the socket's index, or the name of an errno. */
  bindDatagrams(spec: NativeDatagramBind, memory: NativeDatagramMemory): number | string
  datagramAddress(index: number): NativeAddress
  /** Begins to receive. */
  startDatagrams(index: number): void
  /** Sends what is in the table now. */
  flushDatagrams(index: number): void
  /** Receives what has arrived and nothing more; a record tells when the queue is empty too. */
  finishDatagrams(index: number): void
  closeDatagrams(index: number): void
  /** How many datagrams the system has lost because the receive buffer was full; -1 where it does not tell. */
  lostDatagrams(index: number): number
  /** Joins a multicast group or leaves it. Answers the name of an errno, or undefined. */
  changeGroup(index: number, group: string, networkInterface: string, join: boolean): string | undefined
  /** Writes the address into `words`, from index 1 on. False when the host is not numeric. */
  parseAddress(host: string, port: number, words: Int32Array): boolean
}

/** The reactor of one thread. */
export interface NativeReactor extends NativeDatagrams {
  readonly backend: 'epoll' | 'kqueue'
  /** Answers the listener's index, or the name of an errno. */
  listen(spec: NativeListen): number | string
  /** Makes a listener without a socket, for connections that are handed over; answers its index. */
  group(spec: NativeGroup): number
  closeListener(index: number): void
  /** Begins to connect. Answers the slot, or the name of an errno. */
  connect(spec: NativeConnect): number | string
  /** Takes over the descriptor of an accepted connection. Answers the slot, or the name of an errno; then the descriptor is closed. */
  adopt(fd: number, listener: number): number | string
  /** Gives the descriptor of a connection away that nothing was read from yet; -1 when there is none. */
  detach(slot: number): number
  /** Keeps a framing plan as long as the reactor lives, and answers its number. */
  plan(description: object): number
  /** The clock of the vitals, in milliseconds. */
  now(): number
  listenerAddress(index: number): NativeAddress
  remoteAddress(slot: number): NativeAddress
  localAddress(slot: number): NativeAddress
  credentials(slot: number): NativeCredentials | null
  setReferenced(referenced: boolean): void
  /** Carries out the commands and writes the output now. */
  flush(): void
  /** Writes the output now. */
  flushOutput(): void
  /** Sends the first `length` bytes of a message that did not fit the arena. */
  sendLarge(slot: number, bytes: Uint8Array, length: number): void
}

/** What a framing plan found: how many words it wrote, where whole frames end, and why it refuses what follows. */
export interface NativeOutcome {
  readonly count: number
  readonly end: number
  readonly need: number
  readonly reason: number
  readonly detail: number
  readonly full: boolean
}

/** A framing plan at work on one stream, without a socket. */
export interface NativeFramer {
  frame(bytes: Uint8Array, start: number, end: number, table: Int32Array): NativeOutcome
  /** The same with the outcome in the first six of `words`, in the order of {@link NativeOutcome}. */
  frameWords(bytes: Uint8Array, start: number, end: number, table: Int32Array, words: Int32Array): void
  reset(): void
}

/** The functions of the binary. */
export interface NativeBinding {
  /** Starts the reactor of this thread. `adaptive` lingers under load, `nested` lets libuv do all waiting. */
  start(bridge: NativeBridge, handleTurn: () => void, design: 'adaptive' | 'nested'): NativeReactor
  framer(plan: object): NativeFramer
}

/**
 * Loads the binary that was built here or ships with the package. Throws where there is none, and where the runtime only
 * imitates libuv: there a call into it would end the process.
 */
export function load(): NativeBinding {
  const { bun } = process.versions
  if (bun !== undefined || 'Deno' in globalThis) throw new Error('this runtime has no libuv to join')
  const require = createRequire(import.meta.url)
  const nodeGypBuild = require('node-gyp-build') as (folder: string) => NativeBinding
  return nodeGypBuild(dirname(dirname(fileURLToPath(import.meta.url))))
}

let loaded: NativeBinding | undefined

/** Puts a framing plan to work on bytes alone, for tests that compare it with a codec's decoder. */
export function framer(plan: object): NativeFramer {
  loaded ??= load()
  return loaded.framer(plan)
}
