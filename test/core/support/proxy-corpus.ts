import { Address, encodeProxyHeader } from '@shiny/core'

const v4 = { source: Address.ip('192.0.2.1', 56324), destination: Address.ip('198.51.100.7', 443) }
const v6 = { source: Address.ip('2001:db8::1', 56324), destination: Address.ip('2001:db8::7', 443) }
const unix = { source: new Address('unix', '/run/a.sock', 0), destination: new Address('unix', '@abstract', 0) }
const tlvs = [
  { type: 0x01, value: Buffer.from('h2') },
  { type: 0x02, value: Buffer.from('example.org') },
  { type: 0x05, value: Buffer.from([1, 2, 3]) },
  { type: 0x04, value: Buffer.alloc(5) },
  { type: 0x20, value: Buffer.from([1, 0, 0, 0, 0, 0x21, 0, 7, ...Buffer.from('TLSv1.3')]) }
]

const signature = '0d0a0d0a000d0a515549540a'

/** Headers that are good, by name. */
export const goodHeaders: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['v1 IPv4', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n')],
  ['v1 IPv6', Buffer.from('PROXY TCP6 2001:db8::1 2001:DB8::7 56324 443\r\n')],
  ['v1 mapped', Buffer.from('PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.7 1 65535\r\n')],
  ['v1 port 0', Buffer.from('PROXY TCP4 0.0.0.0 255.255.255.255 0 0\r\n')],
  ['v1 longest', Buffer.from(`PROXY UNKNOWN ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`)],
  ['v1 unknown', Buffer.from('PROXY UNKNOWN\r\n')],
  ['v1 unknown with a rest', Buffer.from('PROXY UNKNOWN whatever  it may say\r\n')],
  ['v2 IPv4', Buffer.from(encodeProxyHeader(v4))],
  ['v2 IPv6', Buffer.from(encodeProxyHeader(v6))],
  ['v2 Unix', Buffer.from(encodeProxyHeader(unix))],
  ['v2 fields', Buffer.from(encodeProxyHeader({ ...v4, tlvs }))],
  ['v2 fields and checksum', Buffer.from(encodeProxyHeader({ ...v6, tlvs, checksum: true }))],
  ['v2 checksum alone', Buffer.from(encodeProxyHeader({ ...v4, checksum: true }))],
  ['v2 datagram', Buffer.from(`${signature}2112000cc0000201c6336407dc0401bb`, 'hex')],
  ['v2 local', Buffer.from(encodeProxyHeader({ command: 'local' }))],
  ['v2 local with a rest', Buffer.from(`${signature}20ff0005deadbeef00`, 'hex')],
  ['v2 unspecified', Buffer.from(encodeProxyHeader({}))],
  ['v2 unspecified with a rest', Buffer.from(`${signature}210000030102ff`, 'hex')]
]

/** Headers that are not, by name. */
export const badHeaders: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['lower case', Buffer.from('proxy TCP4 192.0.2.1 198.51.100.7 56324 443\r\n')],
  ['LF alone', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\n')],
  ['CR alone', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\r\n')],
  ['CR in the middle of unknown', Buffer.from('PROXY UNKNOWN \r x\r\n')],
  ['two spaces', Buffer.from('PROXY TCP4  192.0.2.1 198.51.100.7 56324 443\r\n')],
  ['space at the end', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 \r\n')],
  ['leading zero of a port', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 056324 443\r\n')],
  ['00', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 00 443\r\n')],
  ['port too large', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n')],
  ['sign', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 +1 443\r\n')],
  ['no port', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 443\r\n')],
  ['leading zero of an address', Buffer.from('PROXY TCP4 192.0.02.1 198.51.100.7 1 443\r\n')],
  ['IPv6 as TCP4', Buffer.from('PROXY TCP4 ::1 ::1 1 443\r\n')],
  ['IPv4 as TCP6', Buffer.from('PROXY TCP6 192.0.2.1 198.51.100.7 1 443\r\n')],
  ['zone', Buffer.from('PROXY TCP6 fe80::1%lo fe80::2%lo 1 443\r\n')],
  ['UDP4', Buffer.from('PROXY UDP4 192.0.2.1 198.51.100.7 1 443\r\n')],
  ['UNKNOWNS', Buffer.from('PROXY UNKNOWNS\r\n')],
  ['no network', Buffer.from('PROXY \r\n')],
  ['108 bytes', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`)],
  ['no end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(93)}`)],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['POST', Buffer.from('POST / HTTP/1.1\r\n')],
  ['TLS', Buffer.from('16030100a5010000a10303', 'hex')],
  ['blank lines', Buffer.from('\r\n\r\n\r\n')],
  ['version 1 in binary', Buffer.from(`${signature}1111000cc0000201c6336407dc0401bb`, 'hex')],
  ['version 3', Buffer.from(`${signature}3111000cc0000201c6336407dc0401bb`, 'hex')],
  ['command 2', Buffer.from(`${signature}2211000cc0000201c6336407dc0401bb`, 'hex')],
  ['family 4', Buffer.from(`${signature}2141000cc0000201c6336407dc0401bb`, 'hex')],
  ['transport 0', Buffer.from(`${signature}2110000cc0000201c6336407dc0401bb`, 'hex')],
  ['transport 3', Buffer.from(`${signature}2113000cc0000201c6336407dc0401bb`, 'hex')],
  ['family 0 with a transport', Buffer.from(`${signature}2101000cc0000201c6336407dc0401bb`, 'hex')],
  ['too short for its family', Buffer.from(`${signature}2111000bc0000201c6336407dc0401`, 'hex')],
  ['field cut off', Buffer.from(`${signature}2111000ec0000201c6336407dc0401bb0400`, 'hex')],
  ['field too long', Buffer.from(`${signature}21110010c0000201c6336407dc0401bb04000200`, 'hex')],
  ['wrong checksum', Buffer.from(`${signature}21110013c0000201c6336407dc0401bb03000412345678`, 'hex')],
  ['short checksum', Buffer.from(`${signature}21110012c0000201c6336407dc0401bb030003123456`, 'hex')]
]
