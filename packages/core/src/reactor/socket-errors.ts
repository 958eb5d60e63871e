import { pathText } from '../address/address.js'
import { type ErrorCode, ShinyError } from '../errors/index.js'
import type { ConnectSpec, ListenSpec } from './contract.js'

type Known = Readonly<Record<string, readonly [code: ErrorCode, what: string]>>

/** The errors of bind and listen that are worth a word, or a code, of their own. */
const UNBOUND: Known = {
  EADDRINUSE: ['ERR_ADDRESS_IN_USE', 'another socket listens there'],
  EEXIST: ['ERR_ADDRESS_IN_USE', 'something that is no socket is there'],
  EADDRNOTAVAIL: ['ERR_ADDRESS_NOT_AVAILABLE', 'the address does not belong to this machine'],
  EACCES: ['ERR_ACCESS', 'the operating system does not allow it'],
  EPERM: ['ERR_ACCESS', 'the operating system does not allow it'],
  EROFS: ['ERR_ACCESS', 'the file system is read-only'],
  ENOENT: ['ERR_SOCKET', 'its directory does not exist'],
  ENOTDIR: ['ERR_SOCKET', 'what it lies in is no directory'],
  ENAMETOOLONG: ['ERR_SOCKET', 'the path is too long for a socket']
}

/** The errors of taking a descriptor over. */
const UNADOPTED: Known = {
  EBADF: ['ERR_SOCKET', 'there is no such descriptor'],
  EEXIST: ['ERR_ADDRESS_IN_USE', 'this process listens with it already'],
  ENOTSOCK: ['ERR_SOCKET', 'it is no socket'],
  EPROTOTYPE: ['ERR_SOCKET', 'it is no stream socket'],
  EAFNOSUPPORT: ['ERR_SOCKET', 'it is neither a TCP nor a Unix socket'],
  EINVAL: ['ERR_SOCKET', 'it does not listen']
}

/** Where somebody wanted to listen, be it for connections or for datagrams. */
type Unlistened = ConnectSpec & Partial<Pick<ListenSpec, 'fd' | 'reusePort'>>

/** The error for a failure to listen, given the operating system's name of it. */
export function listenError(errno: string, spec: Unlistened): ShinyError {
  const address = spec.fd === undefined ? describe(spec) : `fd://${spec.fd}`
  if (errno === 'ENOTSUP' && spec.reusePort) {
    return new ShinyError('ERR_OPTION', 'option "reusePort": this system, or this version of Node.js, cannot do it', {
      errno,
      address,
      path: 'reusePort'
    })
  }
  const known = spec.fd === undefined ? UNBOUND : UNADOPTED
  const [code, what] = known[errno] ?? (['ERR_SOCKET', 'the operating system refused'] as const)
  return new ShinyError(code, `cannot listen on ${address}: ${what} (${errno})`, { errno, address })
}

/** The errors of connecting that have a code of their own. */
const UNCONNECTED: Known = {
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
function describe(spec: ConnectSpec): string {
  if (spec.path !== undefined) return pathText(spec.path)
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
