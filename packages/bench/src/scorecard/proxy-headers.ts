import { isIPv4, isIPv6 } from 'node:net'

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
/** The length of the addresses of each family and transport of version 2; receivers must refuse all others. */
const addressBytes: Readonly<Record<number, number>> = {
  0: 0,
  17: 12,
  18: 12,
  33: 36,
  34: 36,
  49: 216,
  50: 216
}
const checksumType = 0x03

/** A header of version 1 for a client at `source`, an IPv4 address. */
export function version1(source: string): Buffer {
  return Buffer.from(`PROXY TCP4 ${source} 198.51.100.7 56324 443\r\n`)
}

/** A header of version 2 for a client at `source`, an IPv4 address, with a checksum if that is wanted. */
export function version2(source: string, checked = false): Buffer {
  const addresses = Buffer.from([...source.split('.').map(Number), 198, 51, 100, 7, 0xdc, 0x04, 0x01, 0xbb])
  const tlv = checked ? Buffer.from([checksumType, 0, 4, 0, 0, 0, 0]) : Buffer.alloc(0)
  const fixed = Buffer.from([0x21, 0x11, 0, addresses.length + tlv.length])
  const header = Buffer.concat([signature, fixed, addresses, tlv])
  if (checked) header.writeUInt32BE(crc32c(header), header.length - 4)
  return header
}

/** CRC-32C, bit by bit. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

/** The slow and obvious way to find the length of the header that bytes begin with; null when the protocol forbids it. */
export function headerLength(bytes: Buffer): number | null {
  if (bytes.subarray(0, 12).equals(signature)) return isVersion2(bytes) ? 16 + bytes.readUInt16BE(14) : null
  const end = bytes.indexOf('\r\n')
  return end >= 0 && end + 2 <= 107 && isVersion1(bytes.toString('latin1', 0, end)) ? end + 2 : null
}

function isVersion1(line: string): boolean {
  if (/^PROXY UNKNOWN( [^\r\n]*)?$/.test(line)) return true
  const [, family, source = '', destination = '', ...ports] =
    /^PROXY (TCP4|TCP6) (\S+) (\S+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/.exec(line) ?? []
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6
  return (
    ports.length === 2 && isAddress(source) && isAddress(destination) && ports.every((port) => Number(port) < 65536)
  )
}

function isVersion2(bytes: Buffer): boolean {
  if (bytes.length < 16) return false
  const command = bytes[12]!
  const kind = bytes[13]!
  const length = bytes.readUInt16BE(14)
  const header = bytes.subarray(0, 16 + length)
  if ((command !== 0x20 && command !== 0x21) || header.length < 16 + length) return false
  // The protocol tells receivers to ignore the addresses of LOCAL, whatever the family.
  if (command === 0x20) return true
  const taken = addressBytes[kind]
  if (taken === undefined || length < taken) return false
  return kind === 0 || hasGoodFields(header, 16 + taken)
}

/** Whether the fields behind the addresses fit exactly, and a checksum among them is right. */
function hasGoodFields(header: Buffer, begin: number): boolean {
  let at = begin
  while (at < header.length) {
    if (header.length - at < 3) return false
    const size = header.readUInt16BE(at + 1)
    if (header[at] === checksumType) {
      if (size !== 4 || at + 7 > header.length) return false
      const blank = Buffer.from(header).fill(0, at + 3, at + 7)
      if (crc32c(blank) !== header.readUInt32BE(at + 3)) return false
    }
    at += 3 + size
  }
  return at === header.length
}
