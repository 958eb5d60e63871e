import { isIP } from 'node:net'
import { ShinyError } from '../errors/index.js'

/** One end of a connection, or what a server is bound to. */
export class Address {
  constructor(
    /** `ipv4`, `ipv6` or `unix`; `unknown` where the system no longer tells. */
    readonly family: 'ipv4' | 'ipv6' | 'unix' | 'unknown',
    /**
     * The numeric address, with its interface where it is link-local (`fe80::1%eth0`); or the path of a Unix socket, empty for
     * an unnamed one. An abstract name of Linux begins with a NUL byte.
     */
    readonly host: string,
    /** The port, 0 for a Unix socket. */
    readonly port: number
  ) {}

  /** The path of a Unix socket, otherwise undefined. As it is, it can be listened on or connected to. */
  get path(): string | undefined {
    return this.family === 'unix' ? this.host : undefined
  }

  /** `127.0.0.1:80`, `[::1]:80`, `/run/app.sock`, `@name` for an abstract name, or `unknown`. */
  toString(): string {
    if (this.family === 'unix') return pathText(this.host)
    if (this.family === 'unknown') return 'unknown'
    return this.family === 'ipv6' ? `[${this.host}]:${this.port}` : `${this.host}:${this.port}`
  }

  /** The address of a numeric host and a port. */
  static ip(host: string, port: number): Address {
    return new Address(host.includes(':') ? 'ipv6' : 'ipv4', host, port)
  }

  /** What is known of an end that cannot be named. */
  static readonly unknown: Address = new Address('unknown', '', 0)
}

/** A path as people write it: an abstract name of Linux, which begins with a NUL byte, begins with `@`. */
export function pathText(path: string): string {
  return path.startsWith('\0') ? `@${path.slice(1)}` : path
}

/**
 * Where a server listens, in the form that `listen()` takes: a `port`, a `path` or an `fd`, and what goes with it. Options that do
 * not go together are refused.
 */
export interface ListenOptions {
  /** The port, 0 to 65535; 0 lets the system choose. */
  readonly port?: number | undefined
  /**
   * A numeric address, or a name: then every address that it resolves to, with one port. Default: `::` with IPv4 too where the
   * machine has IPv6, else `0.0.0.0`. A link-local address needs its interface: `fe80::1%eth0`.
   */
  readonly host?: string | undefined
  /** Which addresses of a name count. Default: both. */
  readonly family?: 4 | 6 | undefined
  /** Whether an IPv6 socket refuses IPv4 peers. Default false. */
  readonly ipv6Only?: boolean | undefined
  /**
   * Whether other sockets, of this process or of others, may listen on the port too and the system shares the connections
   * out. All of them must ask for it. Default false. Linux and FreeBSD; on the portable reactor from Node.js 22.12 on.
   */
  readonly reusePort?: boolean | undefined
  /** Whether small writes leave at once instead of waiting for an acknowledgement (TCP_NODELAY). Default true. */
  readonly noDelay?: boolean | undefined
  /**
   * After how much silence the system probes whether a peer is still there: in milliseconds, 1,000 to 32,767,000, rounded up to
   * seconds; true for 60,000. A peer that does not answer is given up after twice that time, and the connection ends with
   * `ERR_TIMED_OUT`. Default false.
   */
  readonly keepAlive?: boolean | number | undefined
  /**
   * The path of a Unix socket, 107 bytes at most (103 on other systems than Linux). On Linux one that begins with a NUL byte
   * is an abstract name.
   */
  readonly path?: string | undefined
  /** The permissions of the Unix socket's file, 0 to 0o777, whatever the umask. Default: 0o777 less the umask. */
  readonly mode?: number | undefined
  /** A descriptor that listens already, which the server takes over; see {@link inheritedSockets}. */
  readonly fd?: number | undefined
  /** What the program calls the place. The server does not look at it. */
  readonly name?: string | undefined
  /** How many connections may wait to be accepted, 1 to 65535. Default 511; the system may cap it. */
  readonly backlog?: number | undefined
}

/**
 * Takes `tcp://HOST:PORT`, `tcp4://`, `tcp6://`, `unix://PATH`, `unix://@NAME` or `fd://NUMBER` apart; a host may be empty or
 * an IPv6 address in brackets.
 */
export function parseListenUrl(url: string): ListenOptions {
  const refuse = (why: string): never => {
    const shown = url.replaceAll('\0', '\\0')
    throw new ShinyError('ERR_ADDRESS', `"${shown}" is not an address to listen on: ${why}`, { address: url })
  }
  const scheme = /^(tcp|tcp4|tcp6|unix|fd):\/\//.exec(url)?.[1]
  if (scheme === undefined) return refuse('expected tcp://HOST:PORT, unix://PATH or fd://NUMBER')
  const rest = url.slice(scheme.length + 3)
  if (scheme === 'unix') return { path: parsePath(rest, refuse) }
  if (scheme === 'fd')
    return /^\d{1,9}$/.test(rest) ? { fd: Number(rest) } : refuse('expected the number of a descriptor')
  return parseHostPort(rest, scheme as TcpNetwork, refuse)
}

function parsePath(text: string, refuse: (why: string) => never): string {
  if (text === '') return refuse('the path is empty')
  if (text.includes('\0')) return refuse('a NUL byte in the path')
  if (!text.startsWith('@')) return text
  if (process.platform !== 'linux') return refuse('there are no abstract names on this system')
  return text === '@' ? refuse('the name is empty') : `\0${text.slice(1)}`
}

/** The networks of TCP: either family, IPv4 alone, IPv6 alone. */
export type TcpNetwork = 'tcp' | 'tcp4' | 'tcp6'

/** Takes `HOST:PORT` apart for a network; `refuse` throws, told what is wrong. */
export function parseHostPort(text: string, network: TcpNetwork, refuse: (why: string) => never): ListenOptions {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text)
  if (parts === null) return refuse('expected HOST:PORT, with an IPv6 host in brackets')
  const port = Number(parts[3])
  if (port > 65535) return refuse(`the port ${port} is above 65535`)
  const host = parts[1] ?? parts[2] ?? ''
  if (parts[1] !== undefined && isIP(host) !== 6) return refuse(`"${host}" is not an IPv6 address`)
  if (host === '') {
    if (network === 'tcp') return { port }
    return network === 'tcp4' ? { port, host: '0.0.0.0' } : { port, host: '::', ipv6Only: true }
  }
  const family = isIP(host)
  if (family === 6 && network === 'tcp4') return refuse('an IPv6 address with tcp4')
  if (family === 4 && network === 'tcp6') return refuse('an IPv4 address with tcp6')
  if (network === 'tcp6') return { port, host, family: 6, ipv6Only: true }
  return network === 'tcp4' ? { port, host, family: 4 } : { port, host }
}
