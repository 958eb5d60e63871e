import { isIPv4, isIPv6 } from 'node:net'

/**
 * What the bytes are by the specification, read as plainly as possible and by nothing that the package uses: the length of
 * the whole header that they begin with, `more` when they may still become one, `bad` when they cannot.
 */
export function judgeHeader(bytes: Buffer): number | 'more' | 'bad' {
  if (bytes.length === 0) return 'more'
  return bytes[0] === 0x50 ? judgeLine(bytes.toString('latin1')) : judgeBinary(bytes)
}

function judgeLine(text: string): number | 'more' | 'bad' {
  const start = 'PROXY '
  if (text.slice(0, start.length) !== start.slice(0, text.length)) return 'bad'
  const end = text.indexOf('\n')
  if (end === -1) return text.length < 107 ? 'more' : 'bad'
  if (end + 1 > 107) return 'bad'
  if (text[end - 1] !== '\r' || text.slice(0, end - 1).includes('\r')) return 'bad'
  const words = text.slice(0, end - 1).split(' ')
  if (words[1] === 'UNKNOWN') return end + 1
  if (words.length !== 6) return 'bad'
  const [, network, ...rest] = words as [string, string, string, string, string, string]
  const isAddress = network === 'TCP4' ? isIPv4 : network === 'TCP6' ? isIPv6 : () => false
  if (!isAddress(rest[0]) || !isAddress(rest[1]) || rest[0].includes('%') || rest[1].includes('%')) return 'bad'
  for (const port of rest.slice(2)) if (String(Number(port)) !== port || !(Number(port) <= 65535)) return 'bad'
  if (rest.slice(2).some((port) => !/^\d+$/.test(port))) return 'bad'
  return end + 1
}

function judgeBinary(bytes: Buffer): number | 'more' | 'bad' {
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
  for (let i = 0; i < Math.min(12, bytes.length); i++) if (bytes[i] !== signature[i]) return 'bad'
  if (bytes.length < 16) return 'more'
  const total = 16 + bytes.readUInt16BE(14)
  if (bytes.length < total) return 'more'
  const whole = bytes.subarray(0, total)
  if (whole[12] === 0x20) return total
  if (whole[12] !== 0x21) return 'bad'
  if (whole[13] === 0) return total
  const sizes: Record<number, number> = { 17: 12, 18: 12, 33: 36, 34: 36, 49: 216, 50: 216 }
  const size = sizes[whole[13] as number]
  if (size === undefined || total < 16 + size) return 'bad'
  return fieldsAreGood(whole, 16 + size) ? total : 'bad'
}

function fieldsAreGood(whole: Buffer, start: number): boolean {
  let rest = whole.subarray(start)
  let sums = 0
  while (rest.length > 0) {
    if (rest.length < 3) return false
    const length = rest.readUInt16BE(1)
    if (rest.length < 3 + length) return false
    if (rest[0] === 0x05 && length > 128) return false
    if (rest[0] === 0x03) {
      if (length !== 4 || ++sums > 1) return false
      const zeroed = Buffer.from(whole)
      zeroed.fill(0, whole.length - rest.length + 3, whole.length - rest.length + 7)
      if (slowCrc32c(zeroed) !== rest.readUInt32BE(3)) return false
    }
    rest = rest.subarray(3 + length)
  }
  return true
}

/** Bit by bit, as the definition has it. */
export function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffffn
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n
  }
  return Number(crc ^ 0xffffffffn)
}
