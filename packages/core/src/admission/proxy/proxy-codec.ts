import { type ByteReader, type Codec, NEED_MORE, type NeedMore } from '../../codec/index.js'
import type { ProxyFacts } from './proxy-header.js'
import { refuse } from './refuse.js'
import { LONGEST_LINE, readLine } from './version-1.js'
import { FIXED_LENGTH, readHeader, SIGNATURE } from './version-2.js'

const LINE_BEGINS: Uint8Array = Buffer.from('PROXY ', 'latin1')
const LINE_FEED = 0x0a

/** The PROXY header, of either version, that a connection begins with. It is read once, and nothing is ever sent by it. */
export const proxyCodec: Codec<ProxyFacts, never> = {
  name: 'proxy',
  maxBuffered: FIXED_LENGTH + 0xffff,
  decoder: () => ({ decode }),
  encoder: () => ({ encode: () => undefined })
}

function decode(src: ByteReader): ProxyFacts | NeedMore {
  if (src.length === 0) return NEED_MORE
  return src.u8(0) === SIGNATURE[0] ? decodeHeader(src) : decodeLine(src)
}

function decodeLine(src: ByteReader): ProxyFacts | NeedMore {
  expectStart(src, LINE_BEGINS)
  const end = src.indexOf(LINE_FEED)
  if (end === -1 && src.length < LONGEST_LINE) return NEED_MORE
  if (end === -1 || end >= LONGEST_LINE) return refuse(`no line ends within ${LONGEST_LINE} bytes`)
  return readLine(src.takeLatin1(end + 1))
}

function decodeHeader(src: ByteReader): ProxyFacts | NeedMore {
  expectStart(src, SIGNATURE)
  if (src.length < FIXED_LENGTH) return src.need(FIXED_LENGTH)
  const total = FIXED_LENGTH + src.u16(FIXED_LENGTH - 2)
  return src.length < total ? src.need(total) : readHeader(src.takeBytes(total))
}

/** Refuses at the first byte that is wrong: whoever speaks another protocol need not be waited for. */
function expectStart(src: ByteReader, start: Uint8Array): void {
  const known = Math.min(src.length, start.length)
  for (let at = 0; at < known; at++) if (src.u8(at) !== start[at]) refuse('the bytes begin otherwise')
}
