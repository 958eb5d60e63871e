// What codecs are composed of is looked at as codecs are: no split, no neighbour, no interrupt and no engine makes a difference.

import { json, lengthPrefixed, line, resp, slip, text } from '@shiny/codecs'
import { type Codec, DecodeError, either, NEED_MORE, preamble } from '@shiny/core/codec'
import { type CodecVectors, fuzzTarget, Refusal, verifyCodec, verifyInterrupts } from '@shiny/core/testing'
import { framer } from '@shiny/native'
import t from 'tap'
import * as z from 'zod'
import { nativeUnavailable } from '../codecs/support/native.js'
import { randomNumbers } from '../codecs/support/pieces.js'
import { pairs, plainly, type Texts, words } from '../codecs/support/stages.js'

/** Lines that begin with a hash are for nobody. */
const comments: Texts = {
  name: 'comments',
  decoder: () => ({
    decode: (next) => {
      for (;;) {
        const message = next()
        if (message === NEED_MORE || !message.startsWith('#')) return message
      }
    },
    keeps: () => false
  }),
  encoder: plainly
}

const magic = preamble({
  name: 'magic',
  maxLength: 3,
  decode: (src) => {
    if (src.length < 3) return src.need(3)
    if (src.takeLatin1(2) !== 'GO') throw new DecodeError('ERR_MALFORMED', 'not for us')
    const version = src.takeLatin1(1)
    return version
  }
})

const strict = {
  in: (message: string) => {
    if (message.startsWith('!')) throw new Error('no exclamations')
    return message.toUpperCase()
  },
  out: (message: string) => message.toLowerCase()
}

const skipping = line({ maxLength: 5, oversize: 'skip' })
const alone = (offset: number, code = 'ERR_INVALID_MESSAGE') => new Refusal(code, undefined, offset)
const long = (offset: number) => alone(offset, 'ERR_FRAME_TOO_LONG')

type Case = readonly [
  name: string,
  codec: Codec<unknown, never>,
  vectors: CodecVectors<unknown, never>,
  options?: { joinable?: boolean; roundTrip?: boolean }
]

const upper: CodecVectors<unknown, never> = {
  valid: [
    { bytes: 'ab\ncd\n', messages: ['AB', 'CD'] },
    { bytes: 'ab\n!\ncd\n', messages: ['AB', alone(3), 'CD'] }
  ],
  eof: [{ bytes: 'ab\nc', messages: ['AB'], code: 'ERR_TRUNCATED', offset: 3 }]
}

const cases: readonly Case[] = [
  ['map', line().map(strict) as never, upper],
  [
    'map of map',
    line()
      .map({ in: (m) => m, out: (m: string) => m })
      .map(strict) as never,
    upper
  ],
  [
    'map of lines that skip',
    skipping.map(strict) as never,
    { valid: [{ bytes: '123456\n!\nab\n12345678\n', messages: [long(0), alone(7), 'AB', long(12)] }] }
  ],
  [
    'map behind empty frames',
    slip({ leadingEnd: false }).of(text()).map(strict) as never,
    {
      valid: [
        { bytes: '\xc0\xc0ab\xc0\xc0!\xc0', messages: ['AB', alone(6)] },
        { bytes: '\xc0\xc0\xc0!\xc0ab\xc0', messages: [alone(3), 'AB'] }
      ]
    },
    { roundTrip: false }
  ],
  [
    'validated',
    json.lines(undefined).validated(z.object({ id: z.number() })) as never,
    { valid: [{ bytes: '{"id":1}\n{"id":"x"}\n?\n', messages: [{ id: 1 }, alone(9), alone(20)] }] }
  ],
  [
    'of, and validated, and mapped',
    lengthPrefixed({ bytes: 1 }).of(json()).validated(z.string()).map(strict) as never,
    { valid: [{ bytes: '\x03"a"\x011\x03"!"\x03"b"', messages: ['A', alone(4), alone(6), 'B'] }] }
  ],
  [
    'pipe, one to many',
    line().pipe(words()) as never,
    {
      valid: [{ bytes: 'a b c\nd\n', messages: ['a', 'b', 'c', 'd'] }],
      eof: [{ bytes: 'a b\nc', messages: ['a', 'b'], code: 'ERR_TRUNCATED', offset: 4 }]
    }
  ],
  [
    'pipe, many to one',
    line().pipe(pairs) as never,
    {
      valid: [{ bytes: 'a\nb\nc\nd\n', messages: ['a+b', 'c+d'] }],
      eof: [{ bytes: 'a\nb\nc\nd', messages: ['a+b'], code: 'ERR_TRUNCATED', offset: 6 }]
    }
  ],
  [
    'pipe, many to one, of lines that skip',
    skipping.pipe(pairs) as never,
    {
      valid: [
        { bytes: 'a\n123456\nb\n', messages: [long(2), 'a+b'] },
        { bytes: 'a\nb\n1234567\n', messages: ['a+b', long(4)] }
      ]
    }
  ],
  [
    'pipe, some to none, of what is mapped',
    line().map(strict).pipe(comments) as never,
    { valid: [{ bytes: '#x\n#y\n!\nab\n#\n!\n', messages: [alone(6), 'AB', alone(13)] }] }
  ],
  [
    'map of what is pending',
    line().pipe(words()).map(strict) as never,
    { valid: [{ bytes: 'a ! b\n! c\nd !\n', messages: ['A', alone(6), 'B', alone(6), 'C', 'D', alone(14)] }] }
  ],
  [
    'map behind empty requests',
    resp().map({
      in: (command) => strict.in(command.text(0)),
      out: (message: string) => message
    }) as never,
    { valid: [{ bytes: '*0\r\n*1\r\n$1\r\n!\r\nab\r\n', messages: [alone(4), 'AB'] }] },
    { roundTrip: false }
  ],
  [
    'pipe of pipe',
    line().pipe(comments).pipe(words()).pipe(pairs) as never,
    { valid: [{ bytes: 'a b\n#x\nc\nd\n', messages: ['a+b', 'c+d'] }] },
    { roundTrip: false }
  ],
  [
    'preamble, then',
    magic.then(line().map(strict)) as never,
    {
      eof: [
        { bytes: 'GO1ab\n!\ncd\n', messages: ['AB', alone(6), 'CD'] },
        { bytes: 'GO1!\ncd\n', messages: [alone(3), 'CD'] },
        { bytes: 'GO', code: 'ERR_TRUNCATED', offset: 0 }
      ],
      invalid: [{ bytes: 'GET / HTTP/1.1\r\n', code: 'ERR_MALFORMED' }]
    },
    { joinable: false, roundTrip: false }
  ],
  [
    'preamble, delivered',
    magic.then(skipping, (version) => `version ${version}`) as never,
    { eof: [{ bytes: 'GO1123456\nab\n', messages: ['version 1', long(3), 'ab'] }] },
    { joinable: false, roundTrip: false }
  ],
  [
    'either',
    either((src) => (src.u8(0) === 0x2a ? 'resp' : 'text'), {
      resp: resp().map({ in: (command) => command.text(0), out: (message: string) => message }),
      text: line().map(strict)
    }) as never,
    {
      eof: [
        {
          bytes: '*1\r\n$4\r\nPING\r\nPING\r\n',
          messages: ['PING', 'PING'].map((message) => ({ codec: 'resp', message }))
        },
        { bytes: 'ab\n!\n', messages: [{ codec: 'text', message: 'AB' }, alone(3)] },
        { bytes: '' }
      ]
    },
    { joinable: false, roundTrip: false }
  ]
]

const unavailable = nativeUnavailable()

for (const [name, codec, vectors, options = {}] of cases) {
  t.test(name, async (t) => {
    const engine = unavailable === false ? { framer } : {}
    const report = verifyCodec(codec, vectors, { ...engine, ...options })
    t.ok(report.splits > 0)
    const whole = [...(vectors.valid ?? []), ...(vectors.eof ?? [])].filter(
      (vector) => !('code' in vector) && vector.messages?.every((message) => !(message instanceof Refusal))
    )
    // What comes once makes something else of what is left, as it should.
    if (options.joinable ?? true) for (const { bytes } of whole) t.ok((await verifyInterrupts(codec, bytes)).runs > 0)
    const target = fuzzTarget(codec, engine)
    const random = randomNumbers(3)
    const all = [...(vectors.valid ?? []), ...(vectors.invalid ?? []), ...(vectors.eof ?? [])]
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(all[random(all.length)]?.bytes as string, 'latin1')
      for (let change = random(3); change >= 0 && bytes.length > 0; change--) bytes[random(bytes.length)] = random(256)
      target(bytes)
    }
  })
}
