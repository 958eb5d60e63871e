import { type ErrorCode, ShinyError } from '../errors/index.js'
import type { ConnectSpec } from './contract.js'

/** The errors of bind and listen that have a code of their own, with what to tell the user. */
const KNOWN: Readonly<Record<string, readonly [code: ErrorCode, what: string]>> = {
  EADDRINUSE: ['ERR_ADDRESS_IN_USE', 'another socket listens there'],
  EADDRNOTAVAIL: ['ERR_ADDRESS_NOT_AVAILABLE', 'the address does not belong to this machine'],
  EACCES: ['ERR_ACCESS', 'the operating system does not allow it'],
  EPERM: ['ERR_ACCESS', 'the operating system does not allow it']
}

/** The error for a failure to listen, given the operating system's name of it. */
export function listenError(errno: string, spec: ConnectSpec): ShinyError {
  const address = describe(spec)
  const [code, what] = KNOWN[errno] ?? (['ERR_SOCKET', 'the operating system refused'] as const)
  return new ShinyError(code, `cannot listen on ${address}: ${what} (${errno})`, { errno, address })
}

/** The errors of connecting that have a code of their own. */
const UNCONNECTED: Readonly<Record<string, readonly [code: ErrorCode, what: string]>> = {
  ECONNREFUSED: ['ERR_CONNECT_REFUSED', 'nobody listens there'],
  ENOENT: ['ERR_CONNECT_REFUSED', 'nobody listens there'],
  ECONNRESET: ['ERR_CONNECT_REFUSED', 'the peer reset the connection'],
  ETIMEDOUT: ['ERR_CONNECT_TIMEOUT', 'the network gave up on the peer'],
  EACCES: ['ERR_ACCESS', 'the operating system does not allow it'],
  EPERM: ['ERR_ACCESS', 'the operating system does not allow it']
}

/** The error for an attempt to connect, given the operating system's name of it. */
export function connectError(errno: string, spec: ConnectSpec): ShinyError {
  const address = describe(spec)
  const [code, what] = UNCONNECTED[errno] ?? (['ERR_CONNECT', 'the operating system refused'] as const)
  return new ShinyError(code, `cannot connect to ${address}: ${what} (${errno})`, { errno, address })
}

/** The error for a connection that could not be accepted, be it for want of a descriptor or of a slot. */
export function acceptError(errno: string): ShinyError {
  const full = errno === 'EMFILE' || errno === 'ENFILE' || errno === 'ERR_TOO_MANY_CONNECTIONS'
  return new ShinyError(full ? 'ERR_TOO_MANY_CONNECTIONS' : 'ERR_SOCKET', `accept failed: ${errno}`, { errno })
}

/** A path, or a host and a port. */
export function describe(spec: ConnectSpec): string {
  if (spec.path !== undefined) return spec.path
  return spec.host.includes(':') ? `[${spec.host}]:${spec.port}` : `${spec.host}:${spec.port}`
}

/** The error for an address that no datagram can be sent to. */
export function addressError(to: { toString(): string }): ShinyError {
  return new ShinyError('ERR_ADDRESS', `"${to}" is not an address to send to: expected a numeric host and a port`, {
    address: String(to)
  })
}

/** The error for a multicast group that cannot be joined or left. */
export function groupError(errno: string, group: string): ShinyError {
  return new ShinyError('ERR_SOCKET', `the multicast group ${group}: the operating system refused (${errno})`, {
    errno,
    address: group
  })
}
