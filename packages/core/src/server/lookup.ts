import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { ListenOptions } from '../connection/address.js'
import { ShinyError } from '../errors/index.js'
import type { ListenSpec } from '../reactor/contract.js'

/** Fills in the defaults of where to listen and looks a host name up. */
export async function resolveListen(options: ListenOptions): Promise<ListenSpec> {
  return {
    path: options.path,
    port: options.port ?? 0,
    host: options.path === undefined ? await numericHost(options.host) : '',
    backlog: options.backlog ?? 511,
    ipv6Only: options.ipv6Only ?? false
  }
}

/** The numeric address of a host; without one, all addresses of this machine. */
export async function numericHost(host: string | undefined): Promise<string> {
  if (host === undefined || host === '') return hasIpv6() ? '::' : '0.0.0.0'
  if (isIP(host) !== 0) return host
  try {
    return (await lookup(host)).address
  } catch (cause) {
    throw new ShinyError('ERR_ADDRESS', `the host "${host}" cannot be looked up`, { cause, address: host })
  }
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((ends) => ends?.some((end) => end.family === 'IPv6'))
}
