import { type Codec, NEED_MORE } from '../codec/index.js'

/** No framing: what a read brings is a message, copied so that the callback may keep it; bytes and strings are sent as they are. */
export const chunks: Codec<Uint8Array, Uint8Array | string> = {
  name: 'chunks',
  maxBuffered: 65536,
  decoder: () => ({ decode: (src) => (src.length === 0 ? NEED_MORE : src.takeBytes(src.length)) }),
  encoder: () => ({
    encode: (message, dst) => {
      if (typeof message === 'string') dst.utf8(message)
      else dst.bytes(message)
    }
  }),
  native: {
    plan: { kind: 'bytes' },
    frames: () => ({
      read: (cursor) => {
        const end = cursor.table[cursor.at++] as number
        const message = new Uint8Array(cursor.bytes.subarray(cursor.start, end))
        cursor.start = end
        return message
      },
      refuse: () => {
        throw new Error('the bytes plan refuses nothing')
      }
    })
  }
}
