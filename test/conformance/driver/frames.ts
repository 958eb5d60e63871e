import { type ByteReader, type ByteWriter, type Codec, DecodeError, NEED_MORE, type NeedMore } from '@shiny/core'

/** What a decoder of {@link frames} was asked. */
export interface Asked {
  calls: number
  shortest: number
}

/**
 * Text behind a 32-bit length, in TypeScript alone, so that a reactor's way without native framing is tested. The text
 * `bad` is refused with its frame consumed, `stuck` without, `odd` by an error that is no DecodeError.
 */
export function frames(asked: Asked = { calls: 0, shortest: Number.POSITIVE_INFINITY }): Codec<string | null> {
  return {
    name: 'frames',
    maxBuffered: 32 * 1024 * 1024,
    decoder: () => ({ decode: (src) => decode(src, asked) }),
    encoder: () => ({ encode, encodeError: (error, dst) => encode(`refused ${error.code}`, dst) })
  }
}

/** A frame around `text`, as a peer sends it. */
export function frame(text: string): Buffer {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(text))
  bytes.writeUInt32BE(bytes.length - 4)
  bytes.write(text, 4)
  return bytes
}

function decode(src: ByteReader, asked: Asked): string | null | NeedMore {
  asked.calls++
  asked.shortest = Math.min(asked.shortest, src.length)
  if (src.length < 4) return src.need(4)
  const length = src.u32(0)
  if (src.length < 4 + length) return src.need(4 + length)
  if (length === 5 && src.u8(4) === 0x73) throw new DecodeError('ERR_INVALID_MESSAGE', 'stuck', { recoverable: true })
  src.skip(4)
  const text = src.takeUtf8(length)
  if (text === 'bad') throw new DecodeError('ERR_INVALID_MESSAGE', 'bad', { recoverable: true })
  if (text === 'odd') throw new TypeError('odd')
  return text === '' ? null : text
}

function encode(text: string | null, dst: ByteWriter): void {
  const hole = dst.reserve(4)
  dst.utf8(text ?? '')
  if (text === 'unsendable') throw new TypeError('cannot send this')
  dst.patchU32(hole, dst.length - 4)
}

/** A codec whose decoder never makes a message, and holds at most `maxBuffered` bytes. */
export function insatiable(maxBuffered: number): Codec<string> {
  return {
    name: 'insatiable',
    maxBuffered,
    decoder: () => ({ decode: () => NEED_MORE }),
    encoder: () => ({ encode: (text, dst) => dst.utf8(text) })
  }
}
