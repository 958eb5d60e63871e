// No byte of a long frame is looked at twice, however small the pieces are that it comes in, natively and in TypeScript.
// Method: content that has been seen is overwritten with what would end the frame. Whoever looks again finds an end too
// early, or asks for less than is to come; whoever does not is given the content back at the end and makes the message of it.

import {
  cobs,
  delimited,
  json,
  lengthPrefixed,
  line,
  netstring,
  resp,
  respClient,
  slip,
  varintPrefixed,
  webSocket
} from '@shiny/codecs'
import { ByteReader, type Codec, NEED_MORE, type RawBuffer, rawBuffer } from '@shiny/core/codec'
import { framer } from '@shiny/native'
import t from 'tap'
import { nativeUnavailable } from './support/native.js'

const PIECE = 16
const LENGTH = 60_000

/** A long frame: `head`, the content, and `tail`, of which nothing is overwritten; what the content is overwritten with. */
interface Long {
  readonly name: string
  readonly codec: Codec<unknown, never>
  readonly head?: string
  readonly content?: string
  readonly tail?: string
  readonly spoil: string
}

const content = 'x'.repeat(LENGTH)

const longs: readonly Long[] = [
  { name: 'line()', codec: line(), tail: '\n', spoil: '\n' },
  {
    name: "line({ newline: 'crlf' }), full of line feeds",
    codec: line({ newline: 'crlf' }),
    content: '\n'.repeat(LENGTH),
    tail: '\r\n',
    spoil: '\r\n'
  },
  { name: "line({ oversize: 'skip' })", codec: line({ oversize: 'skip' }), tail: '\n', spoil: '\n' },
  { name: "line({ trailing: 'emit' })", codec: line({ trailing: 'emit' }), tail: '\n', spoil: '\n' },
  { name: 'json.lines()', codec: json.lines(), head: '"', tail: '"\n', spoil: '\n' },
  { name: "delimited(';')", codec: delimited({ delimiter: ';' }), tail: ';', spoil: ';' },
  {
    name: "delimited('ab'), full of 'b'",
    codec: delimited({ delimiter: 'ab' }),
    content: 'b'.repeat(LENGTH),
    tail: 'ab',
    spoil: 'ab'
  },
  { name: 'lengthPrefixed()', codec: lengthPrefixed(), head: '\0\0\xea\x60', spoil: '\0' },
  { name: 'varintPrefixed()', codec: varintPrefixed(), head: '\xe0\xd4\x03', spoil: '\0' },
  { name: 'netstring()', codec: netstring(), head: '60000:', tail: ',', spoil: ',' },
  { name: 'slip()', codec: slip(), tail: '\xc0', spoil: '\xc0' },
  { name: 'cobs()', codec: cobs(), content: `\xff${'x'.repeat(254)}`.repeat(200), tail: '\0', spoil: '\0' },
  { name: 'resp(), a bulk string', codec: resp(), head: '*1\r\n$60000\r\n', tail: '\r\n', spoil: '\r\n' },
  { name: 'resp(), an inline command', codec: resp(), tail: '\r\n', spoil: '\n' },
  { name: 'respClient(), a bulk string', codec: respClient(), head: '$60000\r\n', tail: '\r\n', spoil: '\r\n' },
  { name: 'respClient(), a simple string', codec: respClient(), head: '+', tail: '\r\n', spoil: '\r\n' },
  { name: 'webSocket()', codec: webSocket({ role: 'client' }), head: '\x82\x7e\xea\x60', spoil: '\x88\0' }
]

type Ask = (memory: RawBuffer, end: number) => boolean

/** Feeds a frame in small pieces to `ask`, which answers whether there is a message; how many bytes there were when there was one. */
function drip({ head = '', content: inner = content, tail = '', spoil }: Long, ask: Ask): number {
  const whole = Buffer.from(head + inner + tail, 'latin1')
  const memory = rawBuffer(whole.length)
  for (let from = 0; from < whole.length; from += PIECE) {
    const end = Math.min(from + PIECE, whole.length)
    whole.copy(memory, end === whole.length ? 0 : from, end === whole.length ? 0 : from, end)
    if (ask(memory, end)) return end
    // The last bytes may be the beginning of what ends it.
    const seen = Math.min(end, head.length + inner.length) - 2
    if (seen > head.length) memory.fill(spoil, Math.max(head.length, seen - PIECE), seen, 'latin1')
  }
  return -1
}

/** Asks the decoder as the framework does. */
function byDecoder(codec: Codec<unknown, never>): Ask {
  const decoder = codec.decoder()
  const reader = new ByteReader()
  let place = { position: 0, scanned: 0, scannedFor: -1, needed: 0 }
  return (memory, end) => {
    if (end - place.position < place.needed) return false
    reader.reset(memory, place.position, end, place.scanned, place.scannedFor)
    if (decoder.decode(reader) !== NEED_MORE) return true
    place = reader.suspend()
    return false
  }
}

function byPlan(plan: object): Ask {
  const framing = framer(plan)
  const table = new Int32Array(64)
  let start = 0
  let needed = 0
  return (memory, end) => {
    if (end - start < needed) return false
    const outcome = framing.frame(memory, start, end, table)
    if (outcome.reason !== 0) throw new Error(`refused for ${outcome.reason} after ${end} bytes`)
    start = outcome.end
    needed = outcome.need
    return outcome.count > 0
  }
}

for (const long of longs) {
  const { name, codec, head = '', content: inner = content, tail = '' } = long
  const length = head.length + inner.length + tail.length
  t.test(`${name}, in TypeScript`, async (t) => t.equal(drip(long, byDecoder(codec)), length))
  const { native } = codec
  if (native === undefined) continue
  t.test(`${name}, natively`, { skip: nativeUnavailable() }, async (t) => {
    t.equal(drip(long, byPlan(native.plan)), length)
  })
}

t.test('a decoder that looks again is led astray', async (t) => {
  const forgetful: Codec<string, never> = {
    ...line(),
    decoder: () => ({
      decode: (src) => {
        for (let at = 0; at < src.length; at++) if (src.u8(at) === 0x0a) return src.takeUtf8(at + 1)
        return NEED_MORE
      }
    })
  }
  const [long] = longs
  if (long !== undefined) t.not(drip(long, byDecoder(forgetful)), LENGTH + 1)
})
