import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { ListenOptions } from '../address/address.js'
import { ShinyError } from '../errors/index.js'
import type { ListenSpec } from '../reactor/contract.js'

/** In seconds. */
const KEEP_ALIVE = 60

/** Fills in the defaults of where to listen and looks a host name up: a spec for each address that it has. */
export async function resolveAll(options: ListenOptions): Promise<ListenSpec[]> {
  const spec: ListenSpec = {
    path: options.path,
    host: '',
    port: options.port ?? 0,
    fd: options.fd,
    mode: options.mode,
    backlog: options.backlog ?? 511,
    ipv6Only: options.ipv6Only ?? false,
    reusePort: options.reusePort ?? false,
    noDelay: options.noDelay ?? true,
    keepAlive:
      typeof options.keepAlive === 'number' ? Math.ceil(options.keepAlive / 1000) : options.keepAlive ? KEEP_ALIVE : 0
  }
  if (spec.path !== undefined || spec.fd !== undefined) return [spec]
  return (await numericHosts(options)).map((host) => ({ ...spec, host }))
}

/** The first numeric address of a host; without one, all addresses of this machine. */
export async function numericHost(host: string | undefined): Promise<string> {
  return (await numericHosts({ host }))[0] as string
}

async function numericHosts({ host, family, ipv6Only }: ListenOptions): Promise<string[]> {
  const wanted = ipv6Only === true ? 6 : family
  if (host === undefined || host === '') return [wanted !== 4 && (wanted === 6 || hasIpv6()) ? '::' : '0.0.0.0']
  if (isIP(host) !== 0) return [checkInterface(host)]
  return addressesOf(host, wanted)
}

/** The numeric addresses of a name, in the order in which the system gives them. */
export async function addressesOf(host: string, family: 4 | 6 | undefined): Promise<string[]> {
  try {
    const found = await lookup(host, { all: true, family: family ?? 0 })
    return [...new Set(found.map(({ address }) => address))]
  } catch (cause) {
    throw new ShinyError('ERR_ADDRESS', `the host "${host}" cannot be looked up`, { cause, address: host })
  }
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((ends) => ends?.some((end) => end.family === 'IPv6'))
}

/** A link-local address is one of an interface; without it, or with one that is not there, systems only say EINVAL. */
function checkInterface(host: string): string {
  const [address, zone] = host.split('%') as [string, string | undefined]
  if (zone === undefined) {
    if (!/^fe[89ab]/i.test(address)) return host
    throw new ShinyError('ERR_ADDRESS', `the address ${host} needs its interface, as in ${host}%eth0`, {
      address: host
    })
  }
  if (/^\d+$/.test(zone) || networkInterfaces()[zone] !== undefined) return host
  throw new ShinyError('ERR_ADDRESS_NOT_AVAILABLE', `cannot listen on ${host}: there is no interface ${zone}`, {
    address: host
  })
}
