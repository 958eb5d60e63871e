// Goal: exactly the headers of the PROXY protocol are accepted, whatever pieces they come in.
// Method: a corpus by hand, and 200,000 mutations of it beside an independent reading of the specification.
import {
  Address,
  ByteReader,
  type Codec,
  decodeProxyHeader,
  encodeProxyHeader,
  NEED_MORE,
  type ProxyFacts,
  rawBuffer
} from '@shiny/core'
import t from 'tap'
import { Random } from '../examples/support/random.js'
import { internal } from './internals.js'
import { judgeHeader, slowCrc32c } from './support/naive-proxy.js'
import { badHeaders, goodHeaders } from './support/proxy-corpus.js'

const { proxyCodec } = await internal<{ proxyCodec: Codec<ProxyFacts, never> }>('admission/proxy-codec.js')
const { crc32c } = await internal<{ crc32c: (bytes: Uint8Array) => number }>('codec/proxy/crc32c.js')
const decoder = proxyCodec.decoder()
const reader = new ByteReader()
const memory = rawBuffer(80_000)

/** Decodes from the front: the facts and the length of the header, `more`, or `bad`. */
function decode(bytes: Uint8Array): { facts: ProxyFacts; length: number } | 'more' | 'bad' {
  memory.set(bytes)
  reader.reset(memory, 0, bytes.length)
  try {
    const facts = decoder.decode(reader)
    return facts === NEED_MORE ? 'more' : { facts, length: reader.position }
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_PROXY_HEADER') throw error
    return 'bad'
  }
}

function factsOf(bytes: Uint8Array): ProxyFacts {
  const result = decode(bytes)
  if (typeof result === 'string') throw new Error(result)
  return result.facts
}

const named = (name: string) => goodHeaders.find(([other]) => other === name)?.[1] as Buffer

t.test('good headers are accepted, with what comes behind left alone', async (t) => {
  for (const [name, header] of goodHeaders) {
    for (const behind of ['', 'hello\n', '\r\n', 'PROXY UNKNOWN\r\n', '\0'.repeat(100)]) {
      const result = decode(Buffer.concat([header, Buffer.from(behind)]))
      t.equal(typeof result === 'string' ? result : result.length, header.length, `${name} before ${behind.length}`)
    }
    t.equal(judgeHeader(header), header.length, `${name}, by the other reading`)
  }
})

t.test('good headers are waited for, byte by byte', async (t) => {
  for (const [name, header] of goodHeaders) {
    let early = 0
    for (let length = 0; length < header.length; length++) {
      if (decode(header.subarray(0, length)) !== 'more') early++
    }
    t.equal(early, 0, name)
  }
})

t.test('bad headers are refused, and so is each with more behind it', async (t) => {
  for (const [name, header] of badHeaders) {
    t.equal(decode(header), 'bad', name)
    t.equal(decode(Buffer.concat([header, Buffer.alloc(300, '\r\n')])), 'bad', `${name}, with more`)
    t.equal(judgeHeader(header), 'bad', `${name}, by the other reading`)
  }
})

t.test('a header that is refused stays where it is', async (t) => {
  for (const [name, header] of badHeaders) {
    memory.set(header)
    reader.reset(memory, 0, header.length)
    t.throws(() => decoder.decode(reader), { code: 'ERR_PROXY_HEADER' }, name)
    t.equal(reader.position, 0, name)
  }
})

t.test('the longest header that is taken may be chosen', async (t) => {
  const header = named('v2 fields')
  const judge = (length: number, maxLength: number) => {
    memory.set(header)
    reader.reset(memory, 0, length)
    return decodeProxyHeader(reader, maxLength)
  }
  t.match(judge(header.length, header.length), { authority: 'example.org' })
  t.throws(() => judge(16, header.length - 1), { code: 'ERR_PROXY_HEADER', message: /more than the \d+ that are/ })
  t.equal(judge(15, header.length - 1), NEED_MORE, 'as soon as its length is known')
})

t.test('another protocol is refused at its first wrong byte', async (t) => {
  for (const text of ['G', 'PO', 'PROXYv', '\r\n\r\n\r', '\x16', '*', '\0', ' '])
    t.equal(decode(Buffer.from(text)), 'bad')
})

t.test('what version 1 says', async (t) => {
  const { version, command, source, destination, tlvs } = factsOf(named('v1 IPv6'))
  t.strictSame(
    [version, command, String(source), String(destination), tlvs],
    [1, 'proxy', '[2001:db8::1]:56324', '[2001:db8::7]:443', []]
  )
  t.equal(String(factsOf(named('v1 mapped')).source), '192.0.2.1:1')
  t.match(factsOf(named('v1 unknown with a rest')), { command: 'proxy', source: null, destination: null })
})

t.test('what version 2 says', async (t) => {
  const facts = factsOf(named('v2 fields and checksum'))
  t.equal(String(facts.source), '[2001:db8::1]:56324')
  t.equal(String(facts.destination), '[2001:db8::7]:443')
  t.match(facts, { version: 2, command: 'proxy', authority: 'example.org', alpn: 'h2' })
  t.strictSame([...(facts.uniqueId ?? [])], [1, 2, 3])
  t.strictSame(
    facts.tlvs.map(({ type }) => type),
    [1, 2, 5, 4, 0x20, 3]
  )
  const unix = factsOf(named('v2 Unix'))
  t.match(
    [unix.source, unix.destination],
    [
      { family: 'unix', host: '/run/a.sock' },
      { family: 'unix', host: '@abstract' }
    ]
  )
  t.match(factsOf(named('v2 local with a rest')), { command: 'local', source: null, tlvs: [] })
  t.match(factsOf(named('v2 unspecified with a rest')), { command: 'proxy', source: null, tlvs: [] })
  t.match(factsOf(named('v2 datagram')), { command: 'proxy', source: { host: '192.0.2.1', port: 56324 } })
})

t.test('fields are copies: they stay when the memory is used again', async (t) => {
  const { tlvs } = factsOf(named('v2 fields'))
  memory.fill(0xff)
  t.equal(Buffer.from(tlvs[1]?.value ?? []).toString(), 'example.org')
})

t.test('the largest header', async (t) => {
  const ends = { source: Address.ip('192.0.2.1', 1), destination: Address.ip('192.0.2.2', 2) }
  const largest = encodeProxyHeader({ ...ends, tlvs: [{ type: 0xe0, value: Buffer.alloc(0xffff - 15) }] })
  t.equal(largest.length, 16 + 0xffff)
  t.equal(factsOf(largest).tlvs[0]?.value.length, 0xffff - 15)
  t.ok(largest.length <= proxyCodec.maxBuffered)
  const larger = [{ type: 0xe0, value: Buffer.alloc(0xffff - 14) }]
  t.throws(() => encodeProxyHeader({ ...ends, tlvs: larger }), { code: 'ERR_OPTION', path: 'tlvs' })
})

t.test('what cannot be said is an error of whoever says it', async (t) => {
  const v4 = Address.ip('192.0.2.1', 1)
  const v6 = Address.ip('::1', 1)
  const unix = new Address('unix', '/x', 0)
  const wrong: [Parameters<typeof encodeProxyHeader>[0], string][] = [
    [{ source: v4 }, 'destination'],
    [{ source: v4, destination: v6 }, 'destination'],
    [{ source: v4, destination: new Address('ipv4', 'x', 1) }, 'destination'],
    [{ source: new Address('ipv6', 'fe80::1%lo', 1), destination: v6 }, 'source'],
    [{ source: v4, destination: Address.ip('192.0.2.1', 65536) }, 'destination'],
    [{ source: unix, destination: new Address('unix', 'x'.repeat(109), 0) }, 'destination'],
    [{ source: unix, destination: unix, version: 1 }, 'source'],
    [{ source: v4, destination: v4, version: 1, checksum: true }, 'tlvs'],
    [{ source: v4, destination: v4, command: 'local' }, 'source'],
    [{ command: 'local', version: 1 }, 'command'],
    [{ tlvs: [{ type: 1, value: Buffer.alloc(1) }] }, 'tlvs']
  ]
  for (const [options, path] of wrong) t.throws(() => encodeProxyHeader(options), { code: 'ERR_OPTION', path })
  t.equal(Buffer.from(encodeProxyHeader({ version: 1 })).toString(), 'PROXY UNKNOWN\r\n')
  t.equal(
    Buffer.from(encodeProxyHeader({ version: 1, source: v6, destination: v6 })).toString(),
    'PROXY TCP6 ::1 ::1 1 1\r\n'
  )
})

t.test('the checksum is the one that is defined', async (t) => {
  t.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
  for (let length = 0; length < 50; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff)
    t.equal(crc32c(bytes), slowCrc32c(bytes))
  }
})

t.test('200,000 mutated headers are judged as the specification judges them', async (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  t.comment(`SEED=${seed}`)
  const random = new Random(seed)
  const below = (limit: number) => random.below(limit)
  const corpus = [...goodHeaders, ...badHeaders].map(([, bytes]) => bytes)
  const seen = { more: 0, bad: 0, good: 0 }
  const began = performance.now()
  for (let i = 0; i < 200_000; i++) {
    const bytes = mutate(corpus[below(corpus.length)] as Buffer, below)
    const expected = judgeHeader(bytes)
    const result = decode(bytes)
    const actual = typeof result === 'string' ? result : result.length
    seen[typeof actual === 'string' ? actual : 'good']++
    if (actual !== expected) t.equal(actual, expected, `${bytes.toString('hex')} (SEED=${seed})`)
  }
  t.ok(seen.more > 1000 && seen.bad > 1000 && seen.good > 1000, JSON.stringify(seen))
  t.ok(performance.now() - began < 60_000, 'in bounded time')
})

/** Changes a few bytes, or takes out, doubles, inserts or cuts off some. */
function mutate(header: Buffer, below: (limit: number) => number): Buffer {
  let bytes = Buffer.from(header)
  for (let changes = below(4); changes > 0; changes--) {
    const at = below(bytes.length + 1)
    const kind = below(6)
    if (kind === 0 && bytes.length > 0) bytes[at % bytes.length] = below(256)
    else if (kind === 1 && bytes.length > 0) (bytes[at % bytes.length] as number) ^= 1 << below(8)
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(3))])
    else if (kind === 3)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(PIECES[below(PIECES.length)] as string),
        bytes.subarray(at)
      ])
    else if (kind === 4) bytes = bytes.subarray(0, at)
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - below(9)))])
  }
  return bytes
}

const PIECES = [
  '\r\n',
  '\n',
  '\r',
  ' ',
  '0',
  '9',
  ':',
  '.',
  'f',
  'TCP4',
  'UNKNOWN',
  '\0',
  '\x03\0\x04',
  '\xff',
  '65535'
]
