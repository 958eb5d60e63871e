import { BlockList } from 'node:net'
import type { Address } from '../address/address.js'
import { ipBytes, ipText, isMapped } from '../address/ip.js'

/** What a text of an access rule stands for. */
export type Pattern =
  | { readonly kind: 'all' }
  | { readonly kind: 'unix' }
  | { readonly kind: 'ipv4' | 'ipv6'; readonly host: string; readonly prefix: number }

/** What a text must be to be one of a pattern. */
export const PATTERN_EXPECTED = 'expected an IP address, a CIDR block such as "10.0.0.0/8", "unix" or "all"'

/**
 * Takes `all`, `unix`, an address or a CIDR block apart; null for any other text. Bits behind the prefix do not matter. A
 * block of IPv4 addresses within IPv6 (`::ffff:10.0.0.0/104`) is the block of IPv4 addresses (`10.0.0.0/8`).
 */
export function parsePattern(text: string): Pattern | null {
  if (text === 'all' || text === 'unix') return { kind: text }
  const parts = /^([^/]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text)
  const bytes = ipBytes(parts?.[1] ?? '')
  if (bytes === null) return null
  const bits = bytes.length * 8
  const prefix = parts?.[2] === undefined ? bits : Number(parts[2])
  if (prefix > bits) return null
  const host = ipText(bytes)
  if (isMapped(bytes)) return prefix < 96 ? null : { kind: 'ipv4', host, prefix: prefix - 96 }
  return { kind: bytes.length === 4 ? 'ipv4' : 'ipv6', host, prefix }
}

/** A set of addresses. Each family has a list of its own, so that `::/0` is not taken to mean IPv4 peers as well. */
export class AddressMatch {
  #all = false
  #unix = false
  #ipv4: BlockList | null = null
  #ipv6: BlockList | null = null

  add(pattern: Pattern): void {
    if (pattern.kind === 'all') this.#all = true
    else if (pattern.kind === 'unix') this.#unix = true
    else if (pattern.kind === 'ipv4') {
      this.#ipv4 ??= new BlockList()
      this.#ipv4.addSubnet(pattern.host, pattern.prefix, 'ipv4')
    } else {
      this.#ipv6 ??= new BlockList()
      this.#ipv6.addSubnet(pattern.host, pattern.prefix, 'ipv6')
    }
  }

  has(address: Address): boolean {
    if (this.#all) return true
    if (address.family === 'unix') return this.#unix
    if (address.family === 'ipv4') return this.#ipv4?.check(address.host, 'ipv4') ?? false
    if (address.family === 'unknown') return false
    return this.#ipv6?.check(withoutZone(address.host), 'ipv6') ?? false
  }
}

/** A link-local address names its interface (`fe80::1%eth0`); rules do not. */
function withoutZone(host: string): string {
  const zone = host.indexOf('%')
  return zone === -1 ? host : host.slice(0, zone)
}
