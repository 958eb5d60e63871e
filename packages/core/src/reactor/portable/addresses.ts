import type { AddressInfo, Socket } from 'node:net'
import { Address } from '../../address/address.js'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Both ends of a connection. */
export interface Ends {
  readonly remote: Address
  readonly local: Address
}

/** Both ends of a connection that this side began, to `path` or by TCP. */
export function clientEnds(socket: Socket, path: string | undefined): Ends {
  if (path !== undefined) return { remote: new Address('unix', path, 0), local: new Address('unix', '', 0) }
  return { remote: end(socket.remoteAddress, socket.remotePort), local: end(socket.localAddress, socket.localPort) }
}

/** Both ends of a connection that `listener` accepted. */
export function endsOf(socket: Socket, listener: Address): Ends {
  if (listener.family === 'unix') return { remote: new Address('unix', '', 0), local: listener }
  return clientEnds(socket, undefined)
}

/** What a listening socket is bound to. */
export function boundTo(address: AddressInfo | string | null): Address {
  if (typeof address === 'string') return new Address('unix', address, 0)
  return address === null ? Address.unknown : Address.ip(address.address, address.port)
}

/** An IPv4 peer of an IPv6 socket is shown as what it is. */
function end(host: string | undefined, port: number | undefined): Address {
  if (host === undefined || port === undefined) return Address.unknown
  return Address.ip(unmapped(host), port)
}

/** An IPv4 address that is written as an IPv6 one, as itself. */
export function unmapped(host: string): string {
  return MAPPED.exec(host)?.[1] ?? host
}
