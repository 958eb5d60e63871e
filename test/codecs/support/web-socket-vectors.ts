import type { WebSocketMessage, WebSocketOptions, WebSocketOutput } from '@shiny/codecs'
import type { CodecVectors } from '@shiny/core/testing'

/** How a frame differs from the ordinary: final, and masked with a key of its own. */
export interface FrameOptions {
  readonly final?: boolean
  /** Bits of the first byte that extensions own. */
  readonly reserved?: number
  /** False for a frame of a server. */
  readonly masked?: boolean
  /** The bytes of the length, in place of the shortest form. */
  readonly length?: readonly number[]
}

/** 4 bytes that are all different, and not the same in each frame. */
let key = 0x37fa213d

/** A frame as its sender writes it, as characters U+0000 to U+00FF; `content` is too. */
export function frame(opcode: number, content: string, options: FrameOptions = {}): string {
  const { final = true, reserved = 0, masked = true } = options
  const body = Buffer.from(content, 'latin1')
  const [first = 0, ...more] = options.length ?? shortest(body.length)
  const head = [(final ? 0x80 : 0) | (reserved << 4) | opcode, first | (masked ? 0x80 : 0), ...more]
  if (!masked) return latin1(head) + content
  key = (Math.imul(key, 1664525) + 1013904223) >>> 0
  const mask = [key >>> 24, (key >>> 16) & 255, (key >>> 8) & 255, key & 255]
  return latin1(head) + latin1(mask) + latin1(body.map((byte, i) => byte ^ (mask[i & 3] as number)))
}

/** A text in UTF-8, as characters U+0000 to U+00FF. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** The content of a close frame. */
export function closing(code: number, reason = ''): string {
  return latin1([code >> 8, code & 255]) + reason
}

function shortest(length: number): number[] {
  if (length < 126) return [length]
  if (length < 65_536) return [126, length >> 8, length & 255]
  return [127, ...length64(length)]
}

/** A length in 8 bytes. */
export function length64(length: number): number[] {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(length))
  return [...bytes]
}

function latin1(bytes: Iterable<number>): string {
  return Buffer.from([...bytes]).toString('latin1')
}

const bytes = (content: string) => new Uint8Array(Buffer.from(content, 'latin1'))
const text = (data: string): WebSocketMessage => ({ type: 'text', data })
const binary = (data: string): WebSocketMessage => ({ type: 'binary', data: bytes(data) })
const ping = (data = ''): WebSocketMessage => ({ type: 'ping', data: bytes(data) })
const pong = (data = ''): WebSocketMessage => ({ type: 'pong', data: bytes(data) })
const close = (code: number, reason = ''): WebSocketMessage => ({ type: 'close', code, reason })

type Vectors = CodecVectors<WebSocketMessage, WebSocketOutput>

/** The codes that may travel, at the edges of what is allowed, and others that may not. */
export const closeCodes = {
  allowed: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999],
  refused: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
}

const notUtf8: readonly [name: string, bytes: string][] = [
  ['a lone continuation', 'a\x80'],
  ['an overlong slash', '\xc0\xaf'],
  ['an overlong form of three', '\xe0\x9f\xbf'],
  ['an overlong form of four', '\xf0\x8f\xbf\xbf'],
  ['a surrogate', '\xed\xa0\x80'],
  ['above the last character', '\xf4\x90\x80\x80'],
  ['a byte that never occurs', '\xff'],
  ['a character cut off', '\xce\xba\xe1\xbd'],
  ['a bad byte far behind', `${'x'.repeat(100)}\xfe${'y'.repeat(20)}`]
]

const euro = utf8('€')
const valid = (masked: boolean): NonNullable<Vectors['valid']> => {
  const one = (opcode: number, content: string, options: FrameOptions = {}) =>
    frame(opcode, content, { masked, ...options })
  const long = 'x'.repeat(300)
  return [
    {
      name: 'texts',
      bytes: one(1, 'Hello') + one(1, '') + one(1, utf8('κόσμε')),
      messages: [text('Hello'), text(''), text('κόσμε')]
    },
    { name: 'binary', bytes: one(2, '\x00\xff\x80') + one(2, ''), messages: [binary('\x00\xff\x80'), binary('')] },
    {
      name: 'control frames',
      bytes: one(9, 'are you there') + one(10, '') + one(9, 'x'.repeat(125)),
      messages: [ping('are you there'), pong(), ping('x'.repeat(125))]
    },
    {
      name: 'fragments',
      bytes: one(1, 'Hel', { final: false }) + one(0, '', { final: false }) + one(0, 'lo'),
      messages: [text('Hello')]
    },
    {
      name: 'a character in three fragments',
      bytes: one(1, `a${euro[0]}`, { final: false }) + one(0, `${euro[1]}`, { final: false }) + one(0, `${euro[2]}b`),
      messages: [text('a€b')]
    },
    {
      name: 'empty fragments alone',
      bytes: one(2, '', { final: false }) + one(0, '', { final: false }) + one(0, ''),
      messages: [binary('')]
    },
    { name: 'the longest short length', bytes: one(1, 'y'.repeat(125)), messages: [text('y'.repeat(125))] },
    { name: 'the shortest long one', bytes: one(1, 'z'.repeat(126)), messages: [text('z'.repeat(126))] },
    { name: 'long content', bytes: one(1, long) + one(2, long), messages: [text(long), binary(long)] },
    { name: 'long content in UTF-8', bytes: one(1, utf8('é'.repeat(90))), messages: [text('é'.repeat(90))] },
    {
      name: 'long fragments',
      bytes: one(2, long.slice(0, 101), { final: false }) + one(0, long.slice(101)) + one(1, 'next'),
      messages: [binary(long), text('next')]
    }
  ]
}

const ends = (masked: boolean): NonNullable<Vectors['eof']> => {
  const one = (opcode: number, content: string) => frame(opcode, content, { masked })
  return [
    { name: 'nothing', bytes: '' },
    // Not among those above: what is left behind a ping there means nothing to a new decoder.
    {
      name: 'control frames between fragments',
      bytes:
        frame(2, '\x01', { masked, final: false }) +
        one(9, 'p') +
        frame(0, '\x02', { masked, final: false }) +
        one(10, 'q') +
        one(0, '\x03'),
      messages: [ping('p'), pong('q'), binary('\x01\x02\x03')]
    },
    {
      name: 'a close frame',
      bytes: one(1, 'a') + one(8, closing(1000, 'bye')),
      messages: [text('a'), close(1000, 'bye')]
    },
    { name: 'a close frame without a code', bytes: one(8, ''), messages: [close(1005)] },
    {
      name: 'what follows a close frame',
      bytes: `${one(8, closing(1001))}${one(1, 'a')}junk`,
      messages: [close(1001)]
    },
    {
      name: 'a close frame between fragments',
      bytes: frame(1, 'a', { masked, final: false }) + one(8, closing(4000, utf8('é'))) + one(0, 'b'),
      messages: [close(4000, 'é')]
    },
    ...closeCodes.allowed.map((code) => ({
      name: `the code ${code}`,
      bytes: one(8, closing(code)),
      messages: [close(code)]
    })),
    {
      name: 'the end in a frame',
      bytes: `${one(1, 'a')}${one(1, 'bc').slice(0, -1)}`,
      messages: [text('a')],
      code: 'ERR_TRUNCATED',
      offset: one(1, 'a').length
    },
    { name: 'the end in a head', bytes: '\x81', code: 'ERR_TRUNCATED', offset: 0 },
    {
      name: 'the end between fragments',
      bytes: frame(1, 'a', { masked, final: false }),
      code: 'ERR_TRUNCATED',
      offset: frame(1, 'a', { masked }).length
    }
  ]
}

/** A case that is refused behind a first message. */
function refused(
  masked: boolean,
  name: string,
  wire: string,
  code: string,
  told: string,
  lead = ''
): NonNullable<Vectors['invalid']>[number] {
  const first = frame(1, 'a', { masked })
  return { name, bytes: first + lead + wire, before: [text('a')], code, text: told, offset: first.length + lead.length }
}

const invalid = (masked: boolean): NonNullable<Vectors['invalid']> => {
  const one = (opcode: number, content: string, options: FrameOptions = {}) =>
    frame(opcode, content, { masked, ...options })
  const bad = (name: string, wire: string, told: string, lead = '') =>
    refused(masked, name, wire, 'ERR_MALFORMED', told, lead)
  const garbled = (name: string, wire: string, lead = '') =>
    refused(masked, name, wire, 'ERR_INVALID_MESSAGE', 'a text is not UTF-8', lead)
  const open = one(1, 'a', { final: false })
  return [
    ...[1, 2, 4, 7].map((bits) =>
      bad(`the reserved bits ${bits}`, one(1, 'b', { reserved: bits }), 'a frame has a reserved bit set')
    ),
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
      bad(`the opcode ${opcode}`, one(opcode, 'b'), `a frame has the unknown opcode ${opcode}`)
    ),
    bad(
      masked ? 'a frame without a mask' : 'a frame with a mask',
      one(1, 'b', { masked: !masked }),
      masked ? 'a frame of a client is not masked' : 'a frame of a server is masked'
    ),
    bad('a fragmented ping', one(9, 'b', { final: false }), 'a control frame is fragmented'),
    bad('a fragmented close frame', one(8, '', { final: false }), 'a control frame is fragmented'),
    bad('a long ping', one(9, 'x'.repeat(126)), 'a control frame is longer than 125 bytes'),
    bad('a continuation of nothing', one(0, 'b'), 'a continuation of no message'),
    {
      ...bad('a continuation behind the last', one(0, 'c'), 'a continuation of no message', one(2, '')),
      before: [text('a'), binary('')]
    },
    bad('a message inside another', one(1, 'b'), 'a message begins inside another', open),
    bad('bytes inside a text', one(2, 'b'), 'a message begins inside another', open),
    bad(
      'a length of two bytes that one would tell',
      one(1, 'b', { length: [126, 0, 125] }),
      'the length of a frame is not in its shortest form'
    ),
    bad(
      'a length of eight that two would tell',
      one(1, 'b', { length: [127, ...length64(65_535)] }),
      'the length of a frame is not in its shortest form'
    ),
    bad(
      'a length with its top bit',
      one(1, '', { length: [127, 0x80, 0, 0, 0, 0, 0, 0, 0] }),
      'the length of a frame has its top bit set'
    ),
    bad('half a close code', one(8, '\x03'), 'the code of a close frame is cut off'),
    ...closeCodes.refused.map((code) =>
      bad(`the close code ${code}`, one(8, closing(code)), `a close frame has the code ${code}`)
    ),
    ...notUtf8.map(([name, content]) => garbled(name, one(1, content))),
    garbled('a garbled reason', one(8, closing(1000, '\xc3'))),
    garbled('a garbled fragment', one(0, '\xff', { final: false }), one(1, 'ok', { final: false })),
    garbled('a character that no fragment ends', one(0, ''), one(1, '\xe2\x82', { final: false })),
    garbled('one that goes on wrongly', one(0, 'x'), one(1, '\xe2\x82', { final: false }))
  ]
}

const tooLong = (name: string, first: string, wire: string, told: string) => ({
  name,
  bytes: first + wire,
  code: 'ERR_FRAME_TOO_LONG',
  text: told,
  offset: first.length
})

const long = 'the content of a frame is longer than 5 bytes'
const bulky = 'a message is longer than 8 bytes'

/** What is received by a side, under which options. */
export const webSocketVectors: readonly [name: string, options: WebSocketOptions, vectors: Vectors][] = [
  [
    'server',
    {},
    {
      valid: valid(true),
      invalid: [
        ...invalid(true),
        tooLong(
          'a gigabyte announced',
          '',
          frame(2, '', { length: [127, ...length64(2 ** 30)] }),
          'the content of a frame is longer than 1048576 bytes'
        ),
        tooLong(
          'all bits but the top one',
          '',
          frame(1, '', { length: [127, 0x7f, 255, 255, 255, 255, 255, 255, 255] }),
          'the content of a frame is longer than 1048576 bytes'
        )
      ],
      eof: ends(true),
      sends: [
        { message: 'Hello', bytes: '\x81\x05Hello' },
        { message: { type: 'text', data: 'κόσμε' }, bytes: `\x81\x0a${utf8('κόσμε')}` },
        { message: '', bytes: '\x81\x00' },
        { message: '€'.repeat(41), bytes: `\x81\x7b${euro.repeat(41)}` },
        { message: '€'.repeat(42), bytes: `\x81\x7e\x00\x7e${euro.repeat(42)}` },
        { message: 'x'.repeat(125), bytes: `\x81\x7d${'x'.repeat(125)}` },
        { message: 'x'.repeat(65_535), bytes: `\x81\x7e\xff\xff${'x'.repeat(65_535)}` },
        { message: 'x'.repeat(65_536), bytes: `\x81\x7f\0\0\0\0\0\x01\0\0${'x'.repeat(65_536)}` },
        { message: '\ud800', bytes: '\x81\x03\xef\xbf\xbd' },
        { message: bytes('\x00\xff'), bytes: '\x82\x02\x00\xff' },
        { message: binary('a'), bytes: '\x82\x01a' },
        { message: { type: 'ping' }, bytes: '\x89\x00' },
        { message: { type: 'pong', data: 'é' }, bytes: '\x8a\x02\xc3\xa9' },
        { message: ping('x'.repeat(125)), bytes: `\x89\x7d${'x'.repeat(125)}` },
        { message: { type: 'close' }, bytes: '\x88\x02\x03\xe8' },
        { message: close(4999, 'é'), bytes: '\x88\x04\x13\x87\xc3\xa9' },
        { message: close(1005), bytes: '\x88\x00' },
        { message: close(1000, 'x'.repeat(123)), bytes: `\x88\x7d\x03\xe8${'x'.repeat(123)}` }
      ],
      unsendable: [
        1,
        null,
        {},
        { type: 'text' },
        { type: 'binary', data: 'a' },
        { type: 'ping', data: 'x'.repeat(126) },
        { type: 'ping', data: 1 },
        { type: 'close', code: 1005, reason: 'a' },
        { type: 'close', code: 1000, reason: 'x'.repeat(124) },
        { type: 'close', code: 1000.5 },
        { type: 'close', code: '1000' },
        { type: 'close', code: 1000, reason: 1 },
        ...closeCodes.refused.filter((code) => code !== 1005).map((code) => ({ type: 'close', code }))
      ]
    }
  ],
  ['client', { role: 'client' }, { valid: valid(false), invalid: invalid(false), eof: ends(false) }],
  [
    'with limits',
    { maxMessage: 8, maxFrame: 5 },
    {
      valid: [
        {
          name: 'what is allowed',
          bytes: frame(1, '12345') + frame(2, '12345', { final: false }) + frame(0, '678') + frame(9, 'x'.repeat(125)),
          messages: [text('12345'), binary('12345678'), ping('x'.repeat(125))]
        }
      ],
      invalid: [
        tooLong('a frame too long', '', frame(1, '123456'), long),
        tooLong('a long fragment', frame(1, '1', { final: false }), frame(0, '234567'), long),
        tooLong('a message too long', frame(1, '12345', { final: false }), frame(0, '6789'), bulky),
        tooLong(
          'fragments too long',
          frame(1, '12345', { final: false }) + frame(0, '678', { final: false }),
          frame(0, '9'),
          bulky
        )
      ]
    }
  ]
]
