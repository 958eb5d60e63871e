import { isIP, SocketAddress } from 'node:net'

/** The twelve bytes that stand before an IPv4 address within IPv6. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** The 4 or 16 bytes of a numeric address, or null for a text that is none. An IPv6 zone (`%eth0`) is none. */
export function ipBytes(text: string): Uint8Array | null {
  const family = text.includes('%') ? 0 : isIP(text)
  if (family === 4) return Uint8Array.from(text.split('.'), Number)
  return family === 6 ? ipv6Bytes(text) : null
}

function ipv6Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16)
  const [head = '', tail] = text.split('::')
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  bytes.set(before)
  bytes.set(after, 16 - after.length)
  return bytes
}

/** The bytes of groups like `2001:db8` or `ffff:10.0.0.1`. */
function groupsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

/** The canonical text of 4 or 16 bytes; an IPv4 address within IPv6 is written as what it is. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (isMapped(bytes)) return bytes.subarray(12).join('.')
  const groups: string[] = []
  for (let at = 0; at < 16; at += 2)
    groups.push((((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16))
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address
}

/** Whether 16 bytes are an IPv4 address within IPv6, such as `::ffff:10.0.0.1`. */
export function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && MAPPED.every((byte, at) => bytes[at] === byte)
}
