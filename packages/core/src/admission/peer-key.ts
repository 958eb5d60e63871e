import type { Address } from '../address/address.js'
import { ipBytes } from '../address/ip.js'
import type { AskUid } from './access-list.js'

/**
 * What counts as one peer: an IPv4 address, the first 64 bits of an IPv6 address (which one host commands all of), a user
 * behind a Unix socket. Peers that cannot be told apart are one.
 */
export function peerKey(peer: Address, uid: AskUid): string {
  if (peer.family === 'ipv4') return peer.host
  if (peer.family === 'unix') return `unix:${uid() ?? '?'}`
  if (peer.family === 'unknown') return '?'
  const bytes = ipBytes(peer.host.replace(/%.*/, ''))
  return bytes === null ? peer.host : `${Buffer.from(bytes.subarray(0, 8)).toString('hex')}/64`
}
