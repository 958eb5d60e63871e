/** Castagnoli's polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78

let table: Uint32Array | undefined

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
    return value
  })
}

/** The CRC-32C of `bytes`, with the four bytes at `hole` taken as zero. */
export function crc32c(bytes: Uint8Array, hole = -4): number {
  table ??= makeTable()
  let crc = 0xffffffff
  for (let at = 0; at < bytes.length; at++) {
    const byte = at >= hole && at < hole + 4 ? 0 : (bytes[at] as number)
    crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number)
  }
  return ~crc >>> 0
}
