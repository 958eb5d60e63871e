import {
  binary,
  cobs,
  delimited,
  fixedLength,
  json,
  lengthPrefixed,
  line,
  netstring,
  type RespCommand,
  type RespReply,
  RespStatus,
  resp,
  respClient,
  slip,
  varintPrefixed
} from '@shiny/codecs'
import { msgpack } from '@shiny/codecs/msgpack'
import type { Codec, Framer } from '@shiny/core/codec'
import { type Author, unframed, wireOf } from './corpus.js'
import * as packages from './packages.js'
import { DecoderFeed, PlanFeed } from './shiny-feeds.js'
import type { Case, Study, Subject } from './study.js'
import { touchBytes, touchText, touchValue } from './touch.js'

type AnyCodec = Codec<unknown, never>

const SIZES = [16, 200, 16 * 1024]

function nameOf(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`
}

/** One case for each size. */
function sized<Out>(codec: Codec<unknown, Out>, make: (author: Author, size: number) => Out): readonly Case[] {
  return SIZES.map((size) => ({
    name: nameOf(size),
    wire: () => wireOf(codec, (author) => make(author, size))
  }))
}

/** Ours, natively framed and in TypeScript. */
function ours(codec: AnyCodec, kind = '', more: Partial<Subject> = {}): readonly Subject[] {
  const decoder: Subject = {
    name: `TypeScript${kind}`,
    from: null,
    open: async (sink) => new DecoderFeed(codec, sink),
    ...more
  }
  if (codec.native === undefined) return [decoder]
  return [{ ...decoder, name: `native${kind}`, open: async (sink) => new PlanFeed(codec, sink) }, decoder]
}

/** Ours with messages that the handler owns, and with lent ones. */
function ownedAndLent(framer: Framer<Uint8Array, Uint8Array | string>): readonly Subject[] {
  return [...ours(framer), ...ours(framer.of(binary({ borrow: true })), ', lent', { views: true })]
}

/** Ours with `handle` between the codec and the sink. */
function handled(subject: Subject, handle: (message: never) => unknown): Subject {
  return {
    ...subject,
    open: (sink) => subject.open({ onMessage: (message) => sink.onMessage(handle(message as never)) })
  }
}

function theirs(from: string, open: Subject['open'], more: Partial<Subject> = {}): Subject {
  return { name: from, from, open, ...more }
}

const text = (author: Author, size: number) => author.text(size)
const bytes = (author: Author, size: number) => author.bytes(size)

function lines(): Study {
  const codec = line()
  const accented = { name: '200 é', wire: () => wireOf(codec, (author) => author.accented(200)) }
  return {
    name: 'line',
    title: 'line(): lines of text',
    cases: [...sized(codec, text), accented],
    subjects: [
      ...ours(codec),
      theirs('split2', (sink) => packages.split2(sink)),
      theirs('@serialport/parser-readline', packages.readline)
    ],
    touch: touchText
  }
}

function jsonLines(): Study {
  const codec = json.lines()
  const record = (author: Author) => ({ id: author.below(1e6), name: author.text(12), tags: ['a', author.text(5)] })
  const cases = [
    ['16 B', (author: Author) => ({ id: author.below(1e6) })],
    ['200 B', (author: Author) => ({ method: 'find', records: [record(author), record(author), record(author)] })],
    ['16 KiB', (author: Author) => Array.from({ length: 256 }, () => record(author))]
  ] as const
  return {
    name: 'json',
    title: 'json.lines(): JSON, a text on each line',
    cases: cases.map(([name, make]) => ({ name, wire: () => wireOf(codec, make) })),
    subjects: [
      ...ours(codec),
      theirs('split2', (sink) => packages.split2(sink, JSON.parse), { name: 'split2(JSON.parse)' })
    ],
    touch: touchValue
  }
}

function delimitedBytes(): Study {
  const codec = delimited({ delimiter: '||' })
  return {
    name: 'delimited',
    title: "delimited({ delimiter: '||' })",
    cases: sized(codec, text),
    subjects: [
      ...ownedAndLent(codec),
      theirs('@serialport/parser-delimiter', (sink) => packages.delimiterParser(sink, '||'), { views: true })
    ],
    touch: touchBytes
  }
}

/** Its size is the codec's, so that each case is a study. */
function fixed(size: number): Study {
  const codec = fixedLength(size)
  return {
    name: `fixed-${size}`,
    title: `fixedLength(${size})`,
    cases: [{ name: nameOf(size), wire: () => wireOf(codec, (author) => author.bytes(size)) }],
    subjects: [
      ...ownedAndLent(codec),
      theirs('@serialport/parser-byte-length', (sink) => packages.byteLengthParser(sink, size))
    ],
    touch: touchBytes
  }
}

/** Packets that begin with the byte 0xaa and the length in two bytes; both deliver the whole packet. */
function packets(): Study {
  const codec = lengthPrefixed({ bytes: 2, offset: 1, littleEndian: true, strip: 0 })
  return {
    name: 'length',
    title: 'lengthPrefixed(): a mark, two bytes of length, content',
    cases: sized(codec, (author, size) => {
      const packet = author.bytes(size)
      packet[0] = 0xaa
      return packet
    }),
    subjects: [...ownedAndLent(codec), theirs('@serialport/parser-packet-length', packages.packetLengthParser)],
    touch: touchBytes
  }
}

function varints(): Study {
  const codec = varintPrefixed()
  return {
    name: 'varint',
    title: 'varintPrefixed()',
    cases: sized(codec, bytes),
    subjects: [
      ...ownedAndLent(codec),
      theirs('length-prefixed-stream', packages.lengthPrefixedStream, { views: true })
    ],
    touch: touchBytes
  }
}

function netstrings(): Study {
  const codec = netstring()
  return {
    name: 'netstring',
    title: 'netstring()',
    cases: sized(codec, bytes),
    subjects: [
      ...ownedAndLent(codec),
      theirs('netstring-stream', packages.netstringStream, { views: true, wholeFrames: true })
    ],
    touch: touchBytes
  }
}

function slips(): Study {
  const codec = slip({ leadingEnd: false })
  return {
    name: 'slip',
    title: 'slip(): any bytes, one in 128 escaped',
    cases: sized(codec, bytes),
    subjects: [...ownedAndLent(codec), theirs('@serialport/parser-slip-encoder', packages.slipDecoder)],
    touch: touchBytes
  }
}

function cobsFrames(): Study {
  const codec = cobs()
  return { name: 'cobs', title: 'cobs()', cases: sized(codec, bytes), subjects: ownedAndLent(codec), touch: touchBytes }
}

const redisClients: readonly Subject[] = [
  theirs('redis-parser', packages.redisParser),
  theirs('@redis/client', packages.nodeRedis),
  theirs('ioredis', packages.ioredis)
]

function replies(): Study {
  const server = resp()
  const kinds = [
    ['integers', (author: Author) => author.below(10 ** (1 + author.below(7)))],
    ['long integers', (author: Author) => -author.below(1e9) * 1000],
    ['OK', () => new RespStatus('OK')],
    ['10 × 16 B', (author: Author) => Array.from({ length: 10 }, () => author.text(16))],
    ['nested', (author: Author) => Array.from({ length: 4 }, (_, i) => [i, author.text(8), [null, author.below(9)]])]
  ] as const
  const cases = kinds.map(([name, make]) => ({ name, wire: () => wireOf<RespReply>(server, make) }))
  return {
    name: 'replies',
    title: 'respClient(): replies of Redis, bulk strings where nothing else is said',
    cases: [...sized(server, text), ...cases],
    subjects: [...ours(respClient()), ...redisClients],
    touch: touchValue
  }
}

function requests(): Study {
  const client = respClient()
  const texts = (command: RespCommand) => {
    const all: string[] = []
    for (let i = 0; i < command.length; i++) all.push(command.text(i))
    return all
  }
  const kinds = [
    ['GET', (author: Author) => ['GET', author.text(12)]],
    ['SET 200 B', (author: Author) => ['SET', author.text(12), author.text(200)]],
    ['SET 16 KiB', (author: Author) => ['SET', author.text(12), author.text(16 * 1024)]]
  ] as const
  return {
    name: 'requests',
    title: 'resp(): requests, all arguments made texts',
    cases: kinds.map(([name, make]) => ({ name, wire: () => wireOf(client, make) })),
    subjects: [...ours(resp()).map((subject) => handled(subject, texts)), theirs('redis-parser', packages.redisParser)],
    touch: touchValue
  }
}

/** The package delimits nothing: its values stand one behind the other, so that its stream is without our prefixes. */
function msgpacks(): Study {
  const codec = lengthPrefixed().of(msgpack())
  const record = (author: Author) => ({ id: author.below(1e6), name: author.text(12), tags: ['a', author.text(5)] })
  const cases = [
    ['16 B', (author: Author) => ({ id: author.below(1e6), ok: true })],
    ['200 B', (author: Author) => ({ method: 'find', records: [record(author), record(author), record(author)] })],
    ['16 KiB', (author: Author) => Array.from({ length: 320 }, () => record(author))]
  ] as const
  return {
    name: 'msgpack',
    title: 'lengthPrefixed().of(msgpack())',
    cases: cases.map(([name, make]) => ({ name, wire: () => wireOf<unknown>(codec, make) })),
    subjects: [
      ...ours(codec),
      theirs('@msgpack/msgpack', packages.msgpackStream, {
        name: 'decodeMultiStream',
        rewire: (wire) => unframed(wire, 4)
      })
    ],
    touch: touchValue
  }
}

/** All studies. */
export function allStudies(): readonly Study[] {
  return [
    lines(),
    jsonLines(),
    delimitedBytes(),
    ...SIZES.map(fixed),
    packets(),
    varints(),
    netstrings(),
    slips(),
    cobsFrames(),
    replies(),
    requests(),
    msgpacks()
  ]
}
