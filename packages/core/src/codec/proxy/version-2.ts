import { Address } from '../../address/address.js'
import { ipText } from '../../address/ip.js'
import { crc32c } from './crc32c.js'
import {
  NO_FIELDS,
  type ProxyFacts,
  type ProxyTlv,
  TLV_ALPN,
  TLV_AUTHORITY,
  TLV_CRC32C,
  TLV_UNIQUE_ID
} from './proxy-header.js'
import { refuse } from './refuse.js'

/** What a header begins with: bytes that no text protocol begins with. */
export const SIGNATURE: Uint8Array = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
/** The signature, the version and command, the family, and the length of what follows, in bytes. */
export const FIXED_LENGTH = 16

const LOCAL = 0x20
const PROXY = 0x21
const UNSPECIFIED = 0x00
/** A family's four bits, and the bytes of each of its addresses with what is left for ports. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 16, 3: 108 }
const LONGEST_UNIQUE_ID = 128

/** Reads a whole header. The fields refer to `bytes`, which must be the reader's own. */
export function readHeader(bytes: Uint8Array): ProxyFacts {
  const command = bytes[12] as number
  const family = bytes[13] as number
  if (command !== LOCAL && command !== PROXY) return refuse('the version is not 2, or the command unknown')
  const unnamed = { version: 2, source: null, destination: null, ...NO_FIELDS } as const
  // Whatever stands behind it is to be skipped, its family included.
  if (command === LOCAL) return { ...unnamed, command: 'local' }
  if (family === UNSPECIFIED) return { ...unnamed, command: 'proxy' }
  const size = ADDRESS_BYTES[family >> 4]
  const transport = family & 0x0f
  if (size === undefined || (transport !== 1 && transport !== 2)) return refuse('the family is unknown')
  const ports = size === 108 ? 0 : 4
  const fieldsAt = FIXED_LENGTH + 2 * size + ports
  if (bytes.length < fieldsAt) return refuse('the length has no room for the addresses')
  return {
    version: 2,
    command: 'proxy',
    source: readEnd(bytes, FIXED_LENGTH, size, FIXED_LENGTH + 2 * size),
    destination: readEnd(bytes, FIXED_LENGTH + size, size, FIXED_LENGTH + 2 * size + 2),
    ...readFields(bytes, fieldsAt)
  }
}

function readEnd(bytes: Uint8Array, at: number, size: number, portAt: number): Address {
  const address = bytes.subarray(at, at + size)
  if (size === 108) return new Address('unix', pathOf(address), 0)
  return Address.ip(ipText(address), ((bytes[portAt] as number) << 8) | (bytes[portAt + 1] as number))
}

/** A path ends at its first NUL; an abstract name begins with one, and is shown with `@` in its place. */
function pathOf(address: Uint8Array): string {
  const abstract = address[0] === 0
  const end = address.indexOf(0, 1)
  const text = Buffer.from(address.subarray(abstract ? 1 : 0, end === -1 ? address.length : end)).toString()
  return abstract && text !== '' ? `@${text}` : text
}

function readFields(bytes: Uint8Array, start: number): Pick<ProxyFacts, 'authority' | 'alpn' | 'uniqueId' | 'tlvs'> {
  const tlvs: ProxyTlv[] = []
  let checked = false
  let at = start
  while (at < bytes.length) {
    if (at + 3 > bytes.length) return refuse('a field is cut off')
    const type = bytes[at] as number
    const valueAt = at + 3
    at = valueAt + (((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number))
    if (at > bytes.length) return refuse('a field is longer than the header')
    const value = bytes.subarray(valueAt, at)
    tlvs.push({ type, value })
    if (type === TLV_UNIQUE_ID && value.length > LONGEST_UNIQUE_ID) return refuse('the unique id is too long')
    if (type !== TLV_CRC32C) continue
    if (checked || value.length !== 4) return refuse('the checksum is malformed')
    if (Buffer.from(value).readUInt32BE() !== crc32c(bytes, valueAt)) return refuse('the checksum is wrong')
    checked = true
  }
  const find = (type: number) => tlvs.find((tlv) => tlv.type === type)?.value ?? null
  const text = (value: Uint8Array | null) => (value === null ? null : Buffer.from(value).toString())
  return { authority: text(find(TLV_AUTHORITY)), alpn: text(find(TLV_ALPN)), uniqueId: find(TLV_UNIQUE_ID), tlvs }
}
