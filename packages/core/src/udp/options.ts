import { isIP } from 'node:net'
import * as z from 'zod/mini'
import { parseHostPort, type TcpNetwork } from '../address/address.js'
import type { Format } from '../codec/index.js'
import { optionError, ShinyError } from '../errors/index.js'
import { LONGEST_DATAGRAM } from '../reactor/datagram-writer.js'
import { type AppOption, check, environmentReactor, reactorKind } from '../server/options.js'
import type { AnyEndpoint, Endpoint } from './endpoint.js'

/** An Endpoint subclass that receives at least what a format delivers and sends at most what it encodes. */
export type EndpointClass<In, Out, App> = new () => Endpoint<In, Out, App> & {
  onMessage: (message: In, ...rest: never[]) => unknown
}

/** The options that do not depend on the format's types. */
export interface CommonUdpOptions {
  /**
   * Which reactor serves: the native one, the portable one on `node:dgram`, or (`auto`, the default) the native one where it
   * runs. The environment variable `SHINY_REACTOR` stands in for a missing option.
   */
  readonly reactor?: 'auto' | 'native' | 'portable' | undefined
  /** In bytes, default 65,536: above it `send` answers false. Each queued datagram counts for 64 bytes more than it has. */
  readonly highWaterMark?: number | undefined
  /** In bytes, default half the high-water mark: at or below it `onDrain` is called. Must be below the high-water mark. */
  readonly lowWaterMark?: number | undefined
  /** In bytes and for each address, default 1 MiB: datagrams that would queue more are dropped and counted. */
  readonly maxQueued?: number | undefined
}

/** What a UDP server needs to know. */
export type UdpServerOptions<In, Out, App> = {
  /** Datagrams to messages and back. */
  readonly format: Format<In, Out>
  /** The class whose instance answers the messages. It may be one that asks for no `app`. */
  readonly endpoint: EndpointClass<NoInfer<In>, NoInfer<Out>, App> | EndpointClass<NoInfer<In>, NoInfer<Out>, unknown>
} & AppOption<NoInfer<App>> &
  CommonUdpOptions

/** Where a UDP server listens, in the form that `listen()` takes. */
export interface UdpListenOptions {
  /** The port, 0 to 65535; 0 lets the system choose. */
  readonly port: number
  /** A numeric address or a name to look up. Default: `::` with IPv4 too where the machine has IPv6, else `0.0.0.0`. */
  readonly host?: string | undefined
  /** Whether an IPv6 socket refuses IPv4 peers. Default false. */
  readonly ipv6Only?: boolean | undefined
  /**
   * Whether other sockets may be bound to the same address, when all of them want it; the system spreads the peers over
   * them. Default false. Without it, and with the portable reactor before Node 22.12, `listen` rejects.
   */
  readonly reusePort?: boolean | undefined
  /** Whether datagrams may be sent to a broadcast address. Default false. */
  readonly broadcast?: boolean | undefined
  /**
   * The system's receive buffer in bytes, 1 to 2³⁰. What does not fit is lost. The system may cap it, and Linux doubles it.
   * Default: the system's.
   */
  readonly receiveBuffer?: number | undefined
  /** The system's send buffer in bytes, 1 to 2³⁰; as `receiveBuffer`. */
  readonly sendBuffer?: number | undefined
}

/** The options after checking, with every default filled in. */
export interface CheckedUdpOptions {
  readonly format: Format<unknown, unknown>
  /** The longest datagram in bytes: the format's, or what the network carries. */
  readonly maxLength: number
  readonly endpoint: new () => AnyEndpoint
  readonly app: unknown
  readonly reactor: 'auto' | 'native' | 'portable'
  readonly highWaterMark: number
  readonly lowWaterMark: number
  readonly maxQueued: number
}

let schemas: ReturnType<typeof build> | undefined

function build() {
  const fn = (expected: string) => z.custom<(...args: never[]) => unknown>((v) => typeof v === 'function', expected)
  const bytes = (least: number) => z.optional(z.int().check(z.gte(least), z.lte(2 ** 30)))
  const format = z.looseObject({
    name: z.string(),
    maxLength: z.custom<number>(isLength, 'expected an integer from 0, or Infinity'),
    decode: fn('expected a function'),
    encode: fn('expected a function')
  })
  const server = z.strictObject({
    format,
    endpoint: fn('expected a class that extends Endpoint'),
    app: z.optional(z.unknown()),
    reactor: z.optional(reactorKind()),
    highWaterMark: bytes(0),
    lowWaterMark: bytes(0),
    maxQueued: bytes(0)
  })
  const listen = z.strictObject({
    port: z.int().check(z.gte(0), z.lte(65535)),
    host: z.optional(z.string()),
    ipv6Only: z.optional(z.boolean()),
    reusePort: z.optional(z.boolean()),
    broadcast: z.optional(z.boolean()),
    receiveBuffer: bytes(1),
    sendBuffer: bytes(1)
  })
  return { server, listen }
}

function isLength(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && (value as number) >= 0)
}

/** Checks the options of a UDP server and fills in the defaults. */
export function checkUdpOptions(options: unknown): CheckedUdpOptions {
  schemas ??= build()
  const given = check(schemas.server, options, 'options')
  const highWaterMark = given.highWaterMark ?? 65536
  const lowWaterMark = given.lowWaterMark ?? highWaterMark >> 1
  if (lowWaterMark >= highWaterMark && highWaterMark > 0) {
    throw optionError('lowWaterMark', `expected less than the high-water mark ${highWaterMark}, got ${lowWaterMark}`)
  }
  const maxQueued = given.maxQueued ?? Math.max(1024 * 1024, highWaterMark)
  if (maxQueued < highWaterMark) {
    throw optionError('maxQueued', `expected at least the high-water mark ${highWaterMark}, got ${maxQueued}`)
  }
  // The object itself: a checked copy of an instance would have lost its class.
  const { format } = options as { readonly format: Format<unknown, unknown> }
  return {
    format,
    maxLength: Math.min(format.maxLength, LONGEST_DATAGRAM),
    endpoint: given.endpoint as unknown as new () => AnyEndpoint,
    app: given.app,
    reactor: given.reactor ?? environmentReactor(),
    highWaterMark,
    lowWaterMark,
    maxQueued
  }
}

/** Checks where to listen. */
export function checkUdpListen(options: unknown): UdpListenOptions {
  schemas ??= build()
  const given = check(schemas.listen, typeof options === 'string' ? parseUdpUrl(options) : options, 'listen')
  if (given.ipv6Only === true && given.host !== undefined && isIP(given.host) === 4) {
    throw optionError('ipv6Only', `expected an IPv6 host, got ${given.host}`)
  }
  return given
}

/** Takes `udp://HOST:PORT`, `udp4://` or `udp6://` apart. */
function parseUdpUrl(url: string): object {
  const refuse = (why: string): never => {
    throw new ShinyError('ERR_ADDRESS', `"${url}" is not an address to listen on: ${why}`, { address: url })
  }
  const parts = /^udp([46]?):\/\/(.*)$/s.exec(url)
  if (parts === null) return refuse('expected udp://HOST:PORT')
  return parseHostPort(parts[2] as string, `tcp${parts[1]}` as TcpNetwork, refuse)
}
