import { type ErrorCode, ShinyError } from '../errors/index.js'
import type { ListenSpec } from './contract.js'

/** The errors of bind and listen that have a code of their own, with what to tell the user. */
const KNOWN: Readonly<Record<string, readonly [code: ErrorCode, what: string]>> = {
  EADDRINUSE: ['ERR_ADDRESS_IN_USE', 'another socket listens there'],
  EADDRNOTAVAIL: ['ERR_ADDRESS_NOT_AVAILABLE', 'the address does not belong to this machine'],
  EACCES: ['ERR_ACCESS', 'the operating system does not allow it'],
  EPERM: ['ERR_ACCESS', 'the operating system does not allow it']
}

/** The error for a failure to listen, given the operating system's name of it. */
export function listenError(errno: string, spec: ListenSpec): ShinyError {
  const address = describe(spec)
  const [code, what] = KNOWN[errno] ?? (['ERR_SOCKET', 'the operating system refused'] as const)
  return new ShinyError(code, `cannot listen on ${address}: ${what} (${errno})`, { errno, address })
}

/** The error for a connection that could not be accepted, be it for want of a descriptor or of a slot. */
export function acceptError(errno: string): ShinyError {
  const full = errno === 'EMFILE' || errno === 'ENFILE' || errno === 'ERR_TOO_MANY_CONNECTIONS'
  return new ShinyError(full ? 'ERR_TOO_MANY_CONNECTIONS' : 'ERR_SOCKET', `accept failed: ${errno}`, { errno })
}

function describe(spec: ListenSpec): string {
  if (spec.path !== undefined) return spec.path
  return spec.host.includes(':') ? `[${spec.host}]:${spec.port}` : `${spec.host}:${spec.port}`
}
