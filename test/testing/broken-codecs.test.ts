// What verifyCodec must catch: codecs that are broken in one way each, and the words it finds for that.

import {
  type ByteReader,
  type Codec,
  DecodeError,
  type Decoder,
  type FrameCursor,
  NEED_MORE,
  type NeedMore
} from '@shiny/core/codec'
import { CodecFault, type CodecVectors, type FaultKind, type VerifyOptions, verifyCodec } from '@shiny/core/testing'
import t from 'tap'
import { read } from '../project/support/repository.js'

/** Records of one byte of length and that many characters; `!` as the first is refused. */
function records(changes: Partial<Codec<string>> = {}): Codec<string> {
  return {
    name: 'records',
    maxBuffered: 300,
    decoder: () => ({ decode: (src) => readRecord(src) }),
    encoder: () => ({
      encode: (message, dst) => {
        if (message.length > 255) throw new TypeError('too long')
        dst.u8(message.length)
        dst.latin1(message)
      }
    }),
    ...changes
  }
}

function readRecord(src: ByteReader): string | NeedMore {
  if (src.length < 1) return NEED_MORE
  const length = src.u8(0)
  if (src.length < 1 + length) return src.need(1 + length)
  if (length > 0 && src.u8(1) === 0x21) throw new DecodeError('ERR_MALFORMED', 'no exclamations')
  src.skip(1)
  return src.takeLatin1(length)
}

const long = 'x'.repeat(255)

const vectors: CodecVectors<string, string> = {
  valid: [
    { name: 'two', bytes: '\x02ab\x03cde', messages: ['ab', 'cde'] },
    { name: 'empty', bytes: '\0', messages: [''] },
    { name: 'long', bytes: `\xff${long}\0`, messages: [long, ''] }
  ],
  invalid: [{ name: 'refused', bytes: '\x01a\x02!a', before: ['a'], code: 'ERR_MALFORMED', offset: 2 }],
  eof: [{ name: 'cut off', bytes: '\x01a\x05bc', messages: ['a'], code: 'ERR_TRUNCATED' }],
  sends: [{ message: 'ab', bytes: '\x02ab' }],
  unsendable: ['x'.repeat(256)]
}

/** A codec with a decoder of its own. */
function decoding(decode: (src: ByteReader) => string | NeedMore): Codec<string> {
  return records({ decoder: () => ({ decode }) })
}

const found = new Set<FaultKind>()

/** What is found wrong; undefined: nothing. */
function faultOf<Out>(codec: Codec<string, Out>, options?: VerifyOptions<string, string>): CodecFault | undefined {
  try {
    verifyCodec<string, string>(codec as never, vectors, options)
    return undefined
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error
    found.add(error.kind)
    return error
  }
}

t.test('a sound codec has no fault', async (t) => {
  t.equal(faultOf(records()), undefined)
})

class Forgetful implements Decoder<string> {
  decode(src: ByteReader): string | NeedMore {
    if (src.length < 1) return NEED_MORE
    const length = src.u8(0)
    src.skip(1)
    if (src.length < length) return NEED_MORE
    if (length > 0 && src.u8(0) === 0x21) throw new DecodeError('ERR_MALFORMED', 'no exclamations')
    return src.takeLatin1(length)
  }
}

/** Keeps the view of a length until the rest has come. */
class Keeper implements Decoder<string> {
  #head: Uint8Array | null = null

  decode(src: ByteReader): string | NeedMore {
    if (src.length < 1) return NEED_MORE
    this.#head ??= src.borrow(1)
    const length = this.#head[0] as number
    if (src.length < length) return src.need(length)
    if (length > 0 && src.u8(0) === 0x21) throw new DecodeError('ERR_MALFORMED', 'no exclamations')
    this.#head = null
    return src.takeLatin1(length)
  }
}

/** Errs in where the refused frame begins, as soon as it comes in pieces. */
class Misplacing implements Decoder<string> {
  #length = -1

  decode(src: ByteReader): string | NeedMore {
    if (this.#length === -1) {
      if (src.length < 1) return NEED_MORE
      if (src.length < 1 + src.u8(0)) {
        this.#length = src.u8(0)
        src.skip(1)
        return NEED_MORE
      }
      return readRecord(src)
    }
    const length = this.#length
    if (src.length < length) return src.need(length)
    if (length > 0 && src.u8(0) === 0x21) throw new DecodeError('ERR_MALFORMED', 'no exclamations')
    this.#length = -1
    src.skip(0)
    return src.takeLatin1(length)
  }
}

/** All that is left. */
function rest(src: ByteReader): string {
  return src.takeLatin1(src.length)
}

/** Once it has had to wait for a message, it waits for the byte behind it too, or for the end. */
class Late implements Decoder<string> {
  #waited = false

  decode(src: ByteReader): string | NeedMore {
    if (this.#waited && src.length > 0 && src.length <= 1 + src.u8(0)) return NEED_MORE
    const record = readRecord(src)
    this.#waited = record === NEED_MORE && src.length > 0
    return record
  }

  end(src: ByteReader): string | NeedMore {
    return src.length === 0 ? NEED_MORE : readRecord(src)
  }
}

/** Drops at the end what came in the first piece. */
class ForgetfulAtTheEnd implements Decoder<string> {
  #first = 0

  decode(src: ByteReader): string | NeedMore {
    const record = readRecord(src)
    if (record === NEED_MORE && this.#first === 0) this.#first = src.length
    return record
  }

  end(src: ByteReader): NeedMore {
    if (this.#first > 1 && this.#first < src.length) src.skip(1)
    return NEED_MORE
  }
}

let shared: number | null = null

const broken: Record<string, [Codec<string>, FaultKind, RegExp]> = {
  'looks at every byte again when one has come': [
    decoding((src) => {
      for (let i = 0; i < src.length; i++) src.u8(i)
      return src.length > 0 && src.length > src.u8(0) ? readRecord(src) : NEED_MORE
    }),
    'work',
    /quadratic rescan/
  ],
  'puts an error at another offset after a split': [
    records({ decoder: () => new Misplacing() }),
    'offset',
    /offset of an error depends on how the bytes are split/
  ],
  'consumes and forgets': [
    records({ decoder: () => new Forgetful() }),
    'consumes',
    /consumed 7 bytes, answered NEED_MORE, and forgot/
  ],
  'makes messages of nothing': [
    decoding((src) => (src.length === 0 ? '' : readRecord(src))),
    'progress',
    /no progress: a message was made of no bytes/
  ],
  'does not come to an end': [
    decoding((src) => {
      for (;;) if (src.u8(0) === -1) return ''
    }),
    'work',
    /endless loop/
  ],
  'reads beyond the end with the reader': [
    decoding((src) => (src.u8(0) > src.length + 1000 ? NEED_MORE : readRecord(src))),
    'beyond',
    /beyond the unread bytes/
  ],
  'reads beyond the end in memory': [
    decoding((src) => {
      const length = src.memory[src.position] as number
      if (src.length > 0 && src.length < 1 + length && src.memory[src.position + src.length] === 0x0a)
        throw new DecodeError('ERR_MALFORMED', 'a line feed')
      return readRecord(src)
    }),
    'beyond',
    /what lies behind them makes a difference/
  ],
  'keeps a borrowed view': [records({ decoder: () => new Keeper() }), 'borrow', /keeps a borrowed view/],
  'changes its input': [
    decoding((src) => {
      if (src.length > 1) src.memory[src.position + src.length - 1] ^= 0x20
      return readRecord(src)
    }),
    'mutation',
    /changes the bytes that it was given/
  ],
  'asks for more than the message has': [
    decoding((src) => (src.length > 0 && src.length <= src.u8(0) ? src.need(src.u8(0) + 2) : readRecord(src))),
    'need',
    /more than the message has/
  ],
  'may not hold its own messages': [records({ maxBuffered: 200 }), 'limit', /maxBuffered, 200, is less/],
  'shares its state': [
    records({
      decoder: () => ({
        decode: (src) => {
          if (shared === null) {
            if (src.length < 1) return NEED_MORE
            shared = src.u8(0)
          }
          const result = readRecord(src)
          if (result !== NEED_MORE && result.length !== shared) throw new DecodeError('ERR_MALFORMED', 'another length')
          if (result !== NEED_MORE) shared = null
          return result
        }
      })
    }),
    'shared',
    /share/
  ],
  'throws what is no DecodeError': [
    decoding((src) => {
      if (src.length > 0 && src.u8(0) === 2) throw new TypeError('two')
      return readRecord(src)
    }),
    'threw',
    /TypeError: two, which is no DecodeError/
  ],
  'leaves half a message': [
    records({
      encoder: () => ({
        encode: (message, dst) => {
          dst.u8(message.length)
          if (message.length < 256) dst.latin1(message)
        }
      })
    }),
    'half',
    /does not refuse .* leaves 1 bytes/
  ],
  'sends what was refused with the next message': [
    records({
      encoder: () => {
        let waiting = ''
        return {
          encode: (message, dst) => {
            waiting += message
            if (message.length > 255) throw new TypeError('too long')
            dst.u8(message.length)
            dst.latin1(waiting)
            waiting = ''
          }
        }
      }
    }),
    'half',
    /comes out with the next message/
  ],
  'decodes something else than it encodes': [
    records({
      encoder: () => ({
        encode: (message, dst) => {
          if (message.length > 255) throw new TypeError('too long')
          dst.u8(message.length)
          dst.latin1(message === 'cde' ? 'CDE' : message)
        }
      })
    }),
    'trip',
    /encoded and decoded is another/
  ],
  'makes something else of the bytes': [
    decoding((src) => {
      const record = readRecord(src)
      return record === 'cde' ? 'CDE' : record
    }),
    'vector',
    /it makes 'ab', 'CDE' instead of 'ab', 'cde'/
  ],
  'takes a piece for a message': [
    decoding((src) => {
      if (src.length > 1 && src.length < 1 + src.u8(0)) {
        src.skip(1)
        return src.takeLatin1(src.length)
      }
      return readRecord(src)
    }),
    'split',
    /what it makes depends on how the bytes are split/
  ],
  'waits for the message behind': [
    decoding((src) => {
      if (src.length > 0 && src.length === 1 + src.u8(0) && src.u8(0) === 3) return src.need(src.length + 1)
      return readRecord(src)
    }),
    'vector',
    /instead of 'ab', 'cde'/
  ],
  'is late when bytes come in pieces': [records({ decoder: () => new Late() }), 'late', /asks for more than it needs/],
  'says that something is pending for ever': [
    records({ decoder: () => ({ decode: () => '', pending: () => true }) }),
    'progress',
    /made of no bytes/
  ],
  'says that something is pending when nothing is': [
    records({ decoder: () => ({ decode: readRecord, pending: () => true }) }),
    'progress',
    /says that messages are pending, and answers NEED_MORE/
  ],
  'makes a message of half a one at the end': [
    records({ decoder: () => ({ decode: readRecord, end: (src) => (src.length === 0 ? NEED_MORE : rest(src)) }) }),
    'vector',
    /instead of 'a', ERR_TRUNCATED/
  ],
  'forgets at the end what it has seen': [
    records({ decoder: () => new ForgetfulAtTheEnd() }),
    'offset',
    /offset of an error depends/
  ],
  'sends other bytes than it should': [
    records({
      encoder: () => ({
        encode: (message, dst) => {
          if (message.length > 255) throw new TypeError('too long')
          dst.u8(message.length)
          dst.latin1(message.toUpperCase())
        }
      })
    }),
    'encode',
    /'ab' is not encoded as it should be/
  ],
  'sends what depends on what stands before': [
    records({
      encoder: () => ({
        encode: (message, dst) => {
          if (message.length > 255) throw new TypeError('too long')
          dst.u8(message.length)
          dst.latin1(dst.memory[0] === 0x0d ? message.toUpperCase() : message)
        }
      })
    }),
    'encode',
    /depend on what stands before them/
  ],
  'cannot send what it receives': [
    records({
      encoder: () => ({
        encode: (message, dst) => {
          if (message.length > 9) throw new TypeError('too long')
          dst.u8(message.length)
          dst.latin1(message)
        }
      })
    }),
    'encode',
    /cannot be encoded: TypeError: too long/
  ]
}

for (const [name, [codec, kind, text]] of Object.entries(broken)) {
  t.test(`one that ${name}`, async (t) => {
    shared = null
    const fault = faultOf(codec)
    t.match(fault, { kind, message: text })
    t.comment(fault?.message)
  })
}

t.test('a native plan that finds something else', async (t) => {
  const codec = records({
    native: {
      plan: { kind: 'bytes' },
      frames: () => ({
        read: (cursor) => {
          const { start } = cursor
          cursor.start = cursor.table[cursor.at++] as number
          return cursor.bytes.latin1Slice(start + 1, cursor.start)
        },
        refuse: () => new DecodeError('ERR_MALFORMED')
      })
    }
  })
  const framer = () => ({
    reset: () => undefined,
    frame: (_bytes: Uint8Array, _start: number, end: number, table: Int32Array) => {
      table[0] = end
      return { count: 1, end, need: 0, reason: 0, detail: 0, full: false }
    }
  })
  t.match(faultOf(codec, { framer }), {
    kind: 'native',
    message: /its native plan makes 'ab.x03cde' instead of 'ab', 'cde'/
  })
})

t.test('messages that are changed when they are sent', async (t) => {
  const codec: Codec<{ text: string }> = {
    name: 'changing',
    maxBuffered: 300,
    decoder: () => ({
      decode: (src) => {
        const record = readRecord(src)
        return record === NEED_MORE ? NEED_MORE : { text: record }
      }
    }),
    encoder: () => ({
      encode: (message, dst) => {
        dst.u8(message.text.length)
        dst.latin1(message.text)
        message.text = ''
      }
    })
  }
  try {
    verifyCodec(codec, { valid: [{ bytes: '\x02ab', messages: [{ text: 'ab' }] }] })
    t.fail('nothing was found')
  } catch (error) {
    t.match(error, { kind: 'mutation', message: /it changes .* when it encodes it/ })
  }
})

t.test('a frame reader that goes wrong', async (t) => {
  const reading = (read: (cursor: FrameCursor) => string) =>
    records({
      native: { plan: { kind: 'bytes' }, frames: () => ({ read, refuse: () => new DecodeError('ERR_MALFORMED') }) }
    })
  const framer = () => ({
    reset: () => undefined,
    frame: (_bytes: Uint8Array, _start: number, end: number, table: Int32Array) => {
      table[0] = end
      return { count: 1, end, need: 0, reason: 0, detail: 0, full: false }
    }
  })
  const standing = reading(() => '')
  t.match(faultOf(standing, { framer }), { kind: 'native', message: /does not move the cursor/ })
  const throwing = reading((cursor) => {
    cursor.at++
    throw new TypeError('no frame')
  })
  t.match(faultOf(throwing, { framer }), { kind: 'threw', message: /its frame reader threw TypeError: no frame/ })
})

t.test('each fault that the guide promises to name has been found in one of them', async (t) => {
  const guide = read('docs/testing.md')
  const rows =
    guide.slice(guide.indexOf('| It makes sure that | or says |')).split('\n\n')[0]?.split('\n').slice(2) ?? []
  const promised = rows.flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, kind]) => kind))
  t.ok(promised.length > 15)
  t.strictSame(
    [...new Set(promised)].filter((kind) => !found.has(kind as FaultKind)),
    []
  )
})

t.test('a fault shows codec, vector, pieces and bytes', async (t) => {
  const fault = faultOf(records({ decoder: () => new Forgetful() }))
  t.match(fault?.message, /^records: it consumed/)
  t.match(fault?.message, /vector: two/)
  t.match(fault?.message, /7 pieces:\n00000000 {2}02\|61\|62\|03\|63\|64\|65 .* \.ab\.cde$/)
  t.equal(fault?.place.pieces?.length, 7)
})
