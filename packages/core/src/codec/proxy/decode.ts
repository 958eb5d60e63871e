import type { ByteReader } from '../byte-reader.js'
import { NEED_MORE, type NeedMore } from '../contract.js'
import type { ProxyFacts } from './proxy-header.js'
import { refuse } from './refuse.js'
import { LONGEST_LINE, readLine } from './version-1.js'
import { FIXED_LENGTH, readHeader, SIGNATURE } from './version-2.js'

/** The longest header that there can be, in bytes. */
export const LONGEST_HEADER: number = FIXED_LENGTH + 0xffff

const LINE_BEGINS: Uint8Array = Buffer.from('PROXY ', 'latin1')
const LINE_FEED = 0x0a

/**
 * Reads and consumes the PROXY header, of version 1 or 2, that the unread bytes begin with. Bytes that cannot begin one are refused at the
 * first that is wrong, and none of them is consumed. What it returns is a copy.
 *
 * @param maxLength The longest header of version 2 that is taken, in bytes; by default the longest that there can be.
 * @throws {@link DecodeError} `ERR_PROXY_HEADER`.
 */
export function decodeProxyHeader(src: ByteReader, maxLength: number = LONGEST_HEADER): ProxyFacts | NeedMore {
  if (src.length === 0) return NEED_MORE
  return src.u8(0) === SIGNATURE[0] ? decodeHeader(src, maxLength) : decodeLine(src)
}

function decodeLine(src: ByteReader): ProxyFacts | NeedMore {
  expectStart(src, LINE_BEGINS)
  const end = src.indexOf(LINE_FEED)
  if (end === -1 && src.length < LONGEST_LINE) return NEED_MORE
  if (end === -1 || end >= LONGEST_LINE) return refuse(`no line ends within ${LONGEST_LINE} bytes`)
  const { memory, position } = src
  const facts = readLine(memory.latin1Slice(position, position + end + 1))
  src.skip(end + 1)
  return facts
}

function decodeHeader(src: ByteReader, maxLength: number): ProxyFacts | NeedMore {
  expectStart(src, SIGNATURE)
  if (src.length < SIGNATURE.length) return NEED_MORE
  if (src.length < FIXED_LENGTH) return src.need(FIXED_LENGTH)
  const total = FIXED_LENGTH + src.u16(FIXED_LENGTH - 2)
  if (total > maxLength) return refuse(`it has ${total} bytes, more than the ${maxLength} that are allowed`)
  if (src.length < total) return src.need(total)
  const facts = readHeader(Uint8Array.prototype.slice.call(src.memory, src.position, src.position + total))
  src.skip(total)
  return facts
}

/** Refuses at the first byte that is wrong: whoever speaks another protocol need not be waited for. */
function expectStart(src: ByteReader, start: Uint8Array): void {
  const known = Math.min(src.length, start.length)
  for (let at = 0; at < known; at++) if (src.u8(at) !== start[at]) refuse('the bytes begin otherwise')
}
