import type { Address } from '../../address/address.js'
import { ipBytes } from '../../address/ip.js'
import { optionError } from '../../errors/index.js'
import { crc32c } from './crc32c.js'
import { type ProxyTlv, TLV_CRC32C } from './proxy-header.js'
import { writeLine } from './version-1.js'
import { FIXED_LENGTH, SIGNATURE } from './version-2.js'

/** In bytes. */
const LONGEST_PATH = 108

/** What {@link encodeProxyHeader} writes. */
export interface ProxyHeaderOptions {
  /** Default 2. */
  readonly version?: 1 | 2 | undefined
  /** Whom the connection is carried for. Without a source and a destination the header says nothing of them. */
  readonly source?: Address | undefined
  /** What that somebody connected to: of the family of the source. */
  readonly destination?: Address | undefined
  /** Default `proxy`; `local` (version 2 only) for a connection on the sender's own account, which has no source. */
  readonly command?: 'proxy' | 'local' | undefined
  /** Further fields, for version 2. They need a source. */
  readonly tlvs?: readonly ProxyTlv[] | undefined
  /** Whether a checksum is added, for version 2; it needs a source. Default false. */
  readonly checksum?: boolean | undefined
}

/**
 * The bytes of a PROXY header, for whoever connects on behalf of others. They go first on the connection, before anything else.
 *
 * @throws {@link ShinyError} `ERR_OPTION` when the two ends are not of one family, a path is longer than 108 bytes, or
 * something is asked for that the version cannot say.
 */
export function encodeProxyHeader(options: ProxyHeaderOptions): Uint8Array {
  const { version = 2, command = 'proxy', source = null, destination = null, tlvs = [], checksum = false } = options
  if (source?.family !== destination?.family)
    throw optionError('destination', 'expected one of the family of the source')
  const named = source !== null && destination !== null
  if (named) {
    checkEnd('source', source)
    checkEnd('destination', destination)
  }
  if (!named && (tlvs.length > 0 || checksum)) throw optionError('tlvs', 'expected none where there is no source')
  if (command === 'local' && named) throw optionError('source', 'expected none with the command local')
  if (version === 1) {
    if (command === 'local') throw optionError('command', 'expected proxy with version 1')
    if (tlvs.length > 0 || checksum) throw optionError('tlvs', 'expected none with version 1')
    if (source?.family === 'unix') throw optionError('source', 'expected an IP address with version 1')
    return Buffer.from(writeLine(source, destination), 'latin1')
  }
  const fields = checksum ? [...tlvs, { type: TLV_CRC32C, value: new Uint8Array(4) }] : tlvs
  const body = Buffer.concat([...(named ? writeEnds(source, destination) : []), ...fields.map(writeField)])
  if (body.length > 0xffff) throw optionError('tlvs', 'expected a header of at most 65,535 bytes')
  const fixed = Buffer.alloc(FIXED_LENGTH)
  fixed.set(SIGNATURE)
  fixed[12] = command === 'local' ? 0x20 : 0x21
  fixed[13] = named ? familyOf(source) : 0
  fixed.writeUInt16BE(body.length, 14)
  const header = Buffer.concat([fixed, body])
  if (checksum) header.writeUInt32BE(crc32c(header), header.length - 4)
  return header
}

function checkEnd(path: string, end: Address): void {
  if (end.family === 'unix') {
    if (unixName(end).length > LONGEST_PATH) throw optionError(path, `expected a path of at most ${LONGEST_PATH} bytes`)
    return
  }
  const length = end.family === 'ipv4' ? 4 : 16
  if (ipBytes(end.host)?.length !== length) throw optionError(path, `expected an address, got ${end}`)
  if (!Number.isInteger(end.port) || end.port < 0 || end.port > 65535)
    throw optionError(path, `expected a port, got ${end}`)
}

function familyOf(end: Address): number {
  if (end.family === 'unix') return 0x31
  return end.family === 'ipv4' ? 0x11 : 0x21
}

function writeEnds(source: Address, destination: Address): Uint8Array[] {
  const ends = [writeAddress(source), writeAddress(destination)]
  if (source.family === 'unix') return ends
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(source.port)
  ports.writeUInt16BE(destination.port, 2)
  return [...ends, ports]
}

function writeAddress(end: Address): Uint8Array {
  if (end.family !== 'unix') return ipBytes(end.host) as Uint8Array
  return Buffer.concat([unixName(end)], LONGEST_PATH)
}

/** An abstract name is shown with `@` in place of its first byte, which is NUL. */
function unixName(end: Address): Buffer {
  return Buffer.from(end.host.replace(/^@/, '\0'))
}

function writeField({ type, value }: ProxyTlv): Uint8Array {
  if (value.length > 0xffff) throw optionError('tlvs', 'expected values of at most 65,535 bytes')
  return Buffer.concat([Uint8Array.of(type, value.length >> 8, value.length & 0xff), value])
}
