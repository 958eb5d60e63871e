import {
  bytes,
  httpClientHead,
  httpHead,
  json,
  lengthPrefixed,
  line,
  proxyProtocol,
  type RespCommand,
  resp,
  respClient,
  webSocket
} from '@shiny/codecs'
import { msgpack } from '@shiny/codecs/msgpack'
import type { Codec } from '@shiny/core/codec'
import { type CodecVectors, Refusal, type VerifyOptions } from '@shiny/core/testing'
import { framerCorpora, showMessage } from '../../codecs/support/framer-vectors.js'
import { httpClientVectors, httpVectors, showRequest } from '../../codecs/support/http-vectors.js'
import { lineVectors } from '../../codecs/support/line-vectors.js'
import { proxyVectors, showHeader } from '../../codecs/support/proxy-vectors.js'
import { respClientLimits, respClientVectors, showValue } from '../../codecs/support/resp-client-vectors.js'
import { respLimits, respVectors, showArguments } from '../../codecs/support/resp-vectors.js'
import type { Vector } from '../../codecs/support/vectors.js'
import { webSocketVectors } from '../../codecs/support/web-socket-vectors.js'

/** A codec and what it must do. */
export interface Corpus {
  readonly name: string
  readonly codec: Codec<never, never>
  readonly vectors: CodecVectors<unknown, never>
  readonly options: VerifyOptions<never, unknown>
}

/** Types differ from codec to codec; what is shown of the messages are values. */
function corpus<In, Out, Shown>(
  name: string,
  codec: Codec<In, Out>,
  vectors: CodecVectors<Shown, NoInfer<Out>>,
  options: VerifyOptions<NoInfer<In>, Shown> = {}
): Corpus {
  return { name, codec, vectors, options } as unknown as Corpus
}

/** In a corpus, how the refusal of one frame is written down. */
const REFUSED = /^refused (\w+): (.*)$/s

function expected(written: string): string | Refusal {
  const [, code, text] = REFUSED.exec(written) ?? []
  return code === undefined ? written : new Refusal(code, text)
}

/** Those names are of bytes that nothing may follow. */
const LAST = /\bends?\b|\blast\b|ending|nothing|nor after/

/** The vectors of a corpus in the terms of the public kit. */
export function kitVectors(vectors: readonly Vector[]): CodecVectors<string, never> {
  const messages = (vector: Vector) => (vector.messages ?? []).map(expected) as string[]
  const kept = vectors.filter(({ refused }) => refused === undefined)
  const joinable = ({ name, left = 0 }: Vector) => left === 0 && !LAST.test(name)
  return {
    valid: kept.filter(joinable).map((vector) => ({ ...vector, messages: messages(vector) })),
    eof: kept
      .filter((vector) => !joinable(vector))
      .map((vector) => ({
        name: vector.name,
        bytes: vector.bytes,
        messages: messages(vector),
        ...(vector.left && { code: 'ERR_TRUNCATED', offset: vector.bytes.length - vector.left })
      })),
    invalid: vectors.flatMap((vector) => {
      if (vector.refused === undefined) return []
      const [code, text, offset] = vector.refused
      return [{ name: vector.name, bytes: vector.bytes, code, text, offset, before: messages(vector) }]
    })
  }
}

const showAll = (command: RespCommand) => `${command.name} ${showArguments(command)}`
const longLine = 'x'.repeat(5000)

/** Every codec in the box. */
export const corpora: readonly Corpus[] = [
  corpus(
    'bytes',
    bytes(),
    {
      valid: [{ bytes: 'ab\0\r\n', messages: ['ab\0\r\n'] }],
      eof: [{ bytes: '' }],
      sends: [{ message: 'é', bytes: '\xc3\xa9' }],
      unsendable: [1, null]
    },
    {
      show: (message) => Buffer.from(message).toString('latin1'),
      merge: (pieces: readonly string[]) => pieces.join('')
    }
  ),
  ...lineVectors.map(([name, options, vectors]) =>
    corpus(`line ${name}`, line(options), { ...kitVectors(vectors), unsendable: ['a\nb', 1] }, { roundTrip: false })
  ),
  ...framerCorpora.map(({ name, codec, vectors }) => corpus(name, codec, kitVectors(vectors), { show: showMessage })),
  corpus('a long line', line(), {
    valid: [
      { name: 'long', bytes: `${longLine}\n`, messages: [longLine] },
      { bytes: 'a\n', messages: ['a'] }
    ],
    sends: [{ message: 'é', bytes: '\xc3\xa9\n' }],
    unsendable: ['a\nb', 1]
  }),
  corpus(
    'respClient of bytes',
    respClient({ strings: 'bytes' }),
    {
      valid: [
        {
          bytes: '$2\r\n\xff\0\r\n+OK\r\n$?\r\n;1\r\n\xfe\r\n;0\r\n=5\r\ntxt:a\r\n',
          messages: ['bytes ff00', '"OK"', 'bytes fe', 'txt(a)']
        }
      ]
    },
    { show: showValue }
  ),
  corpus<unknown, unknown, unknown>('json lines', json.lines(), {
    valid: [{ bytes: '{"a":[1,"x"]}\nnull\n', messages: [{ a: [1, 'x'] }, null] }],
    eof: [{ bytes: '1\nnope\n2\n', messages: [1, new Refusal('ERR_INVALID_MESSAGE', undefined, 2), 2] }],
    sends: [{ message: { a: 1 }, bytes: '{"a":1}\n' }],
    unsendable: [undefined, 1n]
  }),
  corpus<unknown, unknown, unknown>('msgpack', lengthPrefixed({ bytes: 2 }).of(msgpack()), {
    valid: [{ bytes: '\0\x04\x92\x01\xa1x\0\x01\xc0', messages: [[1, 'x'], null] }],
    sends: [{ message: { a: [true, 1.5] } }]
  }),
  corpus(
    'proxyProtocol before lines',
    proxyProtocol().then(line(), (header) => header),
    proxyVectors,
    { show: showHeader, joinable: false }
  ),
  corpus('resp', resp(respLimits), kitVectors(respVectors), { show: showArguments }),
  corpus(
    'a long resp request',
    resp(),
    {
      valid: [
        { bytes: `*2\r\n$3\r\nget\r\n$5000\r\n${longLine}\r\n`, messages: [`GET <get><${longLine}>`] },
        { bytes: `${'ab '.repeat(1000)}\n`, messages: [`AB ${'<ab>'.repeat(1000)}`] }
      ]
    },
    { show: showAll }
  ),
  corpus(
    'respClient',
    respClient(respClientLimits),
    {
      ...kitVectors(respClientVectors),
      sends: [{ message: ['GET', 7, new Uint8Array([255])], bytes: '*3\r\n$3\r\nGET\r\n$1\r\n7\r\n$1\r\n\xff\r\n' }],
      unsendable: [[], 'PING', ['GET', null]]
    },
    { show: showValue, roundTrip: false }
  ),
  ...httpVectors.map(([name, options, vectors]) =>
    corpus(`httpHead ${name}`, httpHead(options), vectors, { show: showRequest })
  ),
  corpus('httpClientHead', httpClientHead(), httpClientVectors, { roundTrip: false }),
  // What one side sends is not what it receives: only clients mask.
  ...webSocketVectors.map(([name, options, vectors]) =>
    corpus(`webSocket ${name}`, webSocket(options), vectors, { roundTrip: false })
  )
]
