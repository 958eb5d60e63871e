import { isIP } from 'node:net'
import { ShinyError } from '../errors/index.js'

/** One end of a connection, or what a server is bound to. */
export class Address {
  constructor(
    /** `ipv4`, `ipv6` or `unix`; `unknown` where the system no longer tells. */
    readonly family: 'ipv4' | 'ipv6' | 'unix' | 'unknown',
    /** The numeric address, or the path of a Unix socket; empty for an unnamed one. */
    readonly host: string,
    /** The port, 0 for a Unix socket. */
    readonly port: number
  ) {}

  /** The path of a Unix socket, otherwise undefined. */
  get path(): string | undefined {
    return this.family === 'unix' ? this.host : undefined
  }

  /** `127.0.0.1:80`, `[::1]:80`, `/run/app.sock` or `unknown`. */
  toString(): string {
    if (this.family === 'unix') return this.host
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

/** Where a server listens, in the form that `listen()` takes. */
export interface ListenOptions {
  /** The port, 0 to 65535; 0 lets the system choose. */
  readonly port?: number | undefined
  /** A numeric address or a name to look up. Default: `::` with IPv4 too where the machine has IPv6, else `0.0.0.0`. */
  readonly host?: string | undefined
  /** The path of a Unix socket, in place of `port` and `host`. */
  readonly path?: string | undefined
  /** How many connections may wait to be accepted, 1 to 65535. Default 511; the system may cap it. */
  readonly backlog?: number | undefined
  /** Whether an IPv6 socket refuses IPv4 peers. Default false. */
  readonly ipv6Only?: boolean | undefined
}

/** Takes `tcp://HOST:PORT`, `tcp4://`, `tcp6://` or `unix://PATH` apart; a host may be empty or an IPv6 address in brackets. */
export function parseListenUrl(url: string): ListenOptions {
  const refuse = (why: string): never => {
    throw new ShinyError('ERR_ADDRESS', `"${url}" is not an address to listen on: ${why}`, { address: url })
  }
  const scheme = /^(tcp|tcp4|tcp6|unix):\/\//.exec(url)?.[1]
  if (scheme === undefined) return refuse('expected tcp://HOST:PORT or unix://PATH')
  const rest = url.slice(scheme.length + 3)
  if (scheme === 'unix') return rest === '' ? refuse('the path is empty') : { path: rest }
  return parseHostPort(rest, scheme as TcpNetwork, refuse)
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
  return network === 'tcp6' ? { port, host, ipv6Only: true } : { port, host }
}
