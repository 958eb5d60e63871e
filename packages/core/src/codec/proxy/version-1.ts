import { Address } from '../../address/address.js'
import { ipBytes, ipText } from '../../address/ip.js'
import { NO_FIELDS, type ProxyFacts } from './proxy-header.js'
import { refuse } from './refuse.js'

/** The longest line with its CR LF, in bytes. */
export const LONGEST_LINE = 107

const LINE = /^PROXY (?:UNKNOWN(?: [^\r\n]*)?|(TCP4|TCP6) ([\da-fA-F:.]+) ([\da-fA-F:.]+) (\d+) (\d+))\r\n$/

/** Reads a whole line, as Latin-1 text up to its line feed. */
export function readLine(line: string): ProxyFacts {
  const parts = LINE.exec(line)
  if (parts === null) return refuse('the line is not one of version 1')
  const [, network, source, destination, sourcePort, destinationPort] = parts
  if (network === undefined) return { version: 1, command: 'proxy', source: null, destination: null, ...NO_FIELDS }
  const length = network === 'TCP4' ? 4 : 16
  return {
    version: 1,
    command: 'proxy',
    source: readEnd(length, source as string, sourcePort as string),
    destination: readEnd(length, destination as string, destinationPort as string),
    ...NO_FIELDS
  }
}

function readEnd(length: number, host: string, port: string): Address {
  const bytes = ipBytes(host)
  if (bytes === null || bytes.length !== length) return refuse('an address of the line is none of its network')
  if (!/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65535) return refuse('a port of the line is none')
  return Address.ip(ipText(bytes), Number(port))
}

/** Writes a line; without a source and a destination, one that says nothing of them. */
export function writeLine(source: Address | null, destination: Address | null): string {
  if (source === null || destination === null) return 'PROXY UNKNOWN\r\n'
  const network = source.family === 'ipv4' ? 'TCP4' : 'TCP6'
  return `PROXY ${network} ${source.host} ${destination.host} ${source.port} ${destination.port}\r\n`
}
