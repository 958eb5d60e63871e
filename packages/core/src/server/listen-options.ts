import { isIP } from 'node:net'
import * as z from 'zod/mini'
import { type ListenOptions, parseListenUrl } from '../address/address.js'
import { optionError } from '../errors/index.js'
import { check } from './options.js'

let schema: ReturnType<typeof build> | undefined

function build() {
  return z.strictObject({
    port: z.optional(z.int().check(z.gte(0), z.lte(65535))),
    host: z.optional(z.string()),
    family: z.optional(z.literal([4, 6])),
    ipv6Only: z.optional(z.boolean()),
    reusePort: z.optional(z.boolean()),
    noDelay: z.optional(z.boolean()),
    keepAlive: z.optional(
      z.custom<boolean | number>(isKeepAlive, 'expected a boolean or 1000 to 32767000 milliseconds')
    ),
    path: z.optional(z.string().check(z.minLength(1))),
    mode: z.optional(z.int().check(z.gte(0), z.lte(0o777))),
    fd: z.optional(z.int().check(z.gte(0), z.lte(2 ** 31 - 1))),
    name: z.optional(z.string()),
    backlog: z.optional(z.int().check(z.gte(1), z.lte(65535)))
  })
}

function isKeepAlive(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'number' && value >= 1000 && value <= 32_767_000)
}

type Name = keyof ListenOptions

/** What has no meaning beside a path, and beside a descriptor, whose socket is bound and listens already. */
const NOT_WITH_PATH: readonly Name[] = ['family', 'ipv6Only', 'reusePort', 'noDelay', 'keepAlive']
const NOT_WITH_FD: readonly Name[] = ['family', 'ipv6Only', 'reusePort', 'mode', 'backlog']

/** Checks where to listen. */
export function checkListenOptions(options: unknown): ListenOptions {
  schema ??= build()
  const given = check(schema, typeof options === 'string' ? parseListenUrl(options) : options, 'listen')
  if (given.fd !== undefined) checkDescriptor(given)
  else if (given.path !== undefined) checkPath(given, given.path)
  else checkPort(given)
  return given
}

function checkDescriptor(given: ListenOptions): void {
  if (given.path !== undefined || given.port !== undefined || given.host !== undefined) {
    throw optionError('fd', 'expected either a descriptor or an address')
  }
  refuseAll(given, NOT_WITH_FD, 'a descriptor')
}

function checkPath(given: ListenOptions, path: string): void {
  if (given.port !== undefined || given.host !== undefined) {
    throw optionError('path', 'expected either a path or a port and a host')
  }
  refuseAll(given, NOT_WITH_PATH, 'a path')
  if (path.includes('\0', 1)) throw optionError('path', 'expected no NUL byte, unless it begins an abstract name')
  if (!path.startsWith('\0')) return
  if (process.platform !== 'linux') throw optionError('path', 'there are no abstract names on this system')
  if (path === '\0') throw optionError('path', 'expected a name behind the NUL byte')
  if (given.mode !== undefined) throw optionError('mode', 'an abstract name has no file and no permissions')
}

function checkPort({ port, host, family, ipv6Only, mode }: ListenOptions): void {
  if (port === undefined) throw optionError('port', 'expected a port, a path or a descriptor')
  if (mode !== undefined) throw optionError('mode', 'expected it with a path alone')
  const kind = host === undefined ? 0 : isIP(host)
  if (ipv6Only === true && (kind === 4 || family === 4)) {
    throw optionError('ipv6Only', `expected an IPv6 host, got ${kind === 4 ? host : 'family 4'}`)
  }
  if (family !== undefined && kind !== 0 && kind !== family) {
    throw optionError('family', `expected that of ${host}, got ${family}`)
  }
}

function refuseAll(given: ListenOptions, names: readonly Name[], beside: string): void {
  for (const name of names) {
    if (given[name] !== undefined) throw optionError(name, `it has no meaning beside ${beside}`)
  }
}
