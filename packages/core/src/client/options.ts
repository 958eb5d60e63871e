import * as z from 'zod/mini'
import { Address, parseListenUrl } from '../address/address.js'
import { type Codec, encodeProxyHeader, type ProxyHeaderOptions } from '../codec/index.js'
import type { AppOf } from '../connection/handler.js'
import { optionError, ShinyError } from '../errors/index.js'
import { type AppOption, type CommonServerOptions, check, type Handler } from '../server/options.js'

/** Where to connect to, and how long to try. */
export interface ConnectTarget {
  /** `tcp://HOST:PORT` or `unix://PATH`, in place of the three that follow. */
  readonly url?: string | undefined
  /** The port, 1 to 65535. */
  readonly port?: number | undefined
  /** A numeric address or a name to look up; its addresses are tried in turn. Default `localhost`. */
  readonly host?: string | undefined
  /** The path of a Unix socket, in place of `port` and `host`. */
  readonly path?: string | undefined
  /** How long all attempts together may take, in milliseconds, 0 to 2³¹ − 1, default 10,000; 0 for no limit. */
  readonly timeout?: number | undefined
  /** Ends the attempt with `ERR_ABORTED` when it is aborted; afterwards it has no effect. */
  readonly signal?: AbortSignal | undefined
  /**
   * A PROXY header to send before anything else, whoever speaks first: for whom the connection is made. It counts in `bytesWritten`. Default:
   * none.
   */
  readonly proxyHeader?: ProxyHeaderOptions | undefined
}

/** What `connect` needs to know. `In` and `Out` are the codec's, `H` is the class that handles the connection. */
export type ConnectOptions<In, Out, H extends Handler<NoInfer<In>, NoInfer<Out>, unknown>> = {
  /** Bytes to messages and back. */
  readonly codec: Codec<In, Out>
  /** The class whose instance handles the connection. */
  readonly connection: H
} & AppOption<AppOf<NoInfer<H>>> &
  ConnectTarget &
  CommonServerOptions

/** The target after checking. */
export interface CheckedTarget {
  readonly port: number
  readonly host: string
  readonly path: string | undefined
  readonly timeout: number
  readonly signal: AbortSignal | undefined
  /** What is sent first; null for nothing. */
  readonly header: Uint8Array | null
}

let schema: ReturnType<typeof build> | undefined

function build() {
  return z.strictObject({
    url: z.optional(z.string()),
    port: z.optional(z.int().check(z.gte(1), z.lte(65535))),
    host: z.optional(z.string().check(z.minLength(1))),
    path: z.optional(z.string().check(z.minLength(1))),
    timeout: z.optional(z.number().check(z.gte(0), z.lte(2 ** 31 - 1))),
    signal: z.optional(z.instanceof(AbortSignal, { error: 'expected an AbortSignal' })),
    proxyHeader: z.optional(
      z.strictObject({
        version: z.optional(z.literal([1, 2])),
        command: z.optional(z.enum(['proxy', 'local'])),
        source: z.optional(z.instanceof(Address, { error: 'expected an Address' })),
        destination: z.optional(z.instanceof(Address, { error: 'expected an Address' })),
        tlvs: z.optional(z.array(z.object({ type: z.int(), value: z.instanceof(Uint8Array) }))),
        checksum: z.optional(z.boolean())
      })
    )
  })
}

/** Parts the target from what a server would be told too, and checks it. */
export function checkTarget(options: object): { target: CheckedTarget; rest: object } {
  schema ??= build()
  const { url, port, host, path, timeout, signal, proxyHeader, ...rest } = options as ConnectTarget
  const given = check(schema, { url, port, host, path, timeout, signal, proxyHeader }, 'connect')
  const where = given.url === undefined ? given : fromUrl(given)
  if (where.path === undefined && where.port === undefined)
    throw optionError('port', 'expected a port, a path or a url')
  if (where.path !== undefined && (where.port !== undefined || where.host !== undefined)) {
    throw optionError('path', 'expected either a path or a port and a host')
  }
  const target = {
    port: where.port ?? 0,
    host: where.host ?? 'localhost',
    path: where.path,
    timeout: given.timeout ?? 10_000,
    signal: given.signal,
    header: given.proxyHeader === undefined ? null : headerOf(given.proxyHeader)
  }
  return { target, rest }
}

function headerOf(options: ProxyHeaderOptions): Uint8Array {
  try {
    return encodeProxyHeader(options)
  } catch (error) {
    if (!(error instanceof ShinyError) || error.path === undefined) throw error
    throw new ShinyError('ERR_OPTION', error.message, { path: `proxyHeader.${error.path}`, cause: error })
  }
}

function fromUrl({ url, port, host, path }: ConnectTarget) {
  if (port !== undefined || host !== undefined || path !== undefined) {
    throw optionError('url', 'expected either a url or its parts')
  }
  const where = parseListenUrl(url as string)
  if (
    where.path === undefined &&
    (where.port === undefined || where.port === 0 || !/^\w+:\/\/[^:]/.test(url as string))
  ) {
    throw new ShinyError('ERR_ADDRESS', `"${url}" is not an address to connect to: expected a host and a port`, {
      address: url as string
    })
  }
  return where
}
