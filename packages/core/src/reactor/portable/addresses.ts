import type { AddressInfo, Socket } from 'node:net'
import { Address } from '../../connection/address.js'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Both ends of a connection. */
export interface Ends {
  readonly remote: Address
  readonly local: Address
}

/** Asks for both ends of a socket now, because after its end the system no longer tells. */
export function endsOf(socket: Socket, listener: Address): Ends {
  if (listener.family === 'unix') return { remote: new Address('unix', '', 0), local: listener }
  return { remote: end(socket.remoteAddress, socket.remotePort), local: end(socket.localAddress, socket.localPort) }
}

/** What a listening socket is bound to. */
export function boundTo(address: AddressInfo | string | null): Address {
  if (typeof address === 'string') return new Address('unix', address, 0)
  return address === null ? Address.unknown : Address.ip(address.address, address.port)
}

/** An IPv4 peer of an IPv6 socket is shown as what it is. */
function end(host: string | undefined, port: number | undefined): Address {
  if (host === undefined || port === undefined) return Address.unknown
  return Address.ip(MAPPED.exec(host)?.[1] ?? host, port)
}
