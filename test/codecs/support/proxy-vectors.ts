import type { ProxyFacts } from '@shiny/core/codec'
import type { CodecVectors } from '@shiny/core/testing'
import { badHeaders, goodHeaders } from '../../core/support/proxy-corpus.js'

/** What a header says, as the vectors write it down. */
export function showHeader(message: string | ProxyFacts): string {
  if (typeof message === 'string') return message
  const { version, command, source, destination, tlvs } = message
  return `v${version} ${command} ${source} ${destination} ${tlvs.length}`
}

const said: Readonly<Record<string, string>> = {
  'v1 IPv4': 'v1 proxy 192.0.2.1:56324 198.51.100.7:443 0',
  'v1 IPv6': 'v1 proxy [2001:db8::1]:56324 [2001:db8::7]:443 0',
  'v1 longest': 'v1 proxy null null 0',
  'v1 unknown': 'v1 proxy null null 0',
  'v2 IPv4': 'v2 proxy 192.0.2.1:56324 198.51.100.7:443 0',
  'v2 IPv6': 'v2 proxy [2001:db8::1]:56324 [2001:db8::7]:443 0',
  'v2 Unix': 'v2 proxy /run/a.sock @abstract 0',
  'v2 fields and checksum': 'v2 proxy [2001:db8::1]:56324 [2001:db8::7]:443 6',
  'v2 local with a rest': 'v2 local null null 0',
  'v2 unspecified with a rest': 'v2 proxy null null 0'
}

const behind = (header: Buffer, lines: string) => new Uint8Array(Buffer.concat([header, Buffer.from(lines)]))
const known = goodHeaders.filter(([name]) => name in said)

/** Headers before lines, as `proxyProtocol().then(line(), (header) => header)` has them. */
export const proxyVectors: CodecVectors<string, string> = {
  valid: known.flatMap(([name, header]) => [
    {
      name: `${name} before lines`,
      bytes: behind(header, '1\nPROXY UNKNOWN\r\n'),
      messages: [said[name] as string, '1', 'PROXY UNKNOWN']
    },
    { name, bytes: behind(header, ''), messages: [said[name] as string] }
  ]),
  invalid: [
    ...badHeaders.map(([name, header]) => ({
      name,
      bytes: new Uint8Array(header),
      code: 'ERR_PROXY_HEADER',
      offset: 0
    })),
    { name: 'no header at all', bytes: 'hello\n', code: 'ERR_PROXY_HEADER', offset: 0 },
    {
      name: 'a line that is too long behind one',
      bytes: `PROXY UNKNOWN\r\n${'x'.repeat(65_537)}`,
      before: [said['v1 unknown'] as string],
      code: 'ERR_FRAME_TOO_LONG',
      offset: 15
    }
  ],
  eof: [
    { name: 'nothing', bytes: '' },
    { name: 'half a line', bytes: 'PROXY TCP4 192', code: 'ERR_TRUNCATED', offset: 0 },
    { name: 'half a header', bytes: '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0', code: 'ERR_TRUNCATED', offset: 0 },
    {
      name: 'half a line behind one',
      bytes: 'PROXY UNKNOWN\r\nhel',
      messages: [said['v1 unknown'] as string],
      code: 'ERR_TRUNCATED',
      offset: 15
    }
  ],
  sends: [{ message: 'hi', bytes: 'hi\n' }],
  unsendable: ['a\nb', 1]
}
