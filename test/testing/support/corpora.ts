import { bytes, line, type RespCommand, resp } from '@shiny/codecs'
import type { Codec } from '@shiny/core/codec'
import type { CodecVectors, VerifyOptions } from '@shiny/core/testing'
import { framerCorpora, showMessage } from '../../codecs/support/framer-vectors.js'
import { lineVectors } from '../../codecs/support/line-vectors.js'
import { respLimits, respVectors, showArguments } from '../../codecs/support/resp-vectors.js'
import type { Vector } from '../../codecs/support/vectors.js'

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

/** The vectors of a corpus in the terms of the public kit. */
export function kitVectors<Shown>(vectors: readonly Vector[]): CodecVectors<Shown, never> {
  const messages = (vector: Vector) => (vector.messages ?? []) as never as Shown[]
  const kept = vectors.filter(({ refused }) => refused === undefined)
  return {
    valid: kept.filter(({ left = 0 }) => left === 0).map((vector) => ({ ...vector, messages: messages(vector) })),
    eof: kept
      .filter(({ left = 0 }) => left > 0)
      .map((vector) => ({ ...vector, messages: messages(vector), code: 'ERR_TRUNCATED' })),
    invalid: vectors
      .filter(({ refused }) => refused !== undefined)
      .map(({ name, bytes, refused, ...vector }) => {
        const [code, text, offset] = refused as NonNullable<Vector['refused']>
        return { name, bytes, code, text, offset, before: messages(vector as Vector) }
      })
  }
}

const REFUSED = /^refused (\w+): (.*)$/s

/** The vectors of a framer in the terms of the kit, which knows of one refusal in each. */
function framerVectors(vectors: readonly Vector[]): CodecVectors<string, never> {
  const refusals = ({ messages = [] }: Vector) => messages.filter((message) => REFUSED.test(message)).length
  const alone = vectors.filter((vector) => refusals(vector) === 1 && vector.refused === undefined)
  const { invalid = [], ...others } = kitVectors<string>(vectors.filter((vector) => refusals(vector) === 0))
  const recoverable = alone.map(({ name, bytes, messages = [] }) => {
    const at = messages.findIndex((message) => REFUSED.test(message))
    const [, code = '', text] = REFUSED.exec(messages[at] as string) ?? []
    return { name, bytes, code, text, before: messages.slice(0, at), after: messages.slice(at + 1) }
  })
  return { ...others, invalid: [...invalid, ...recoverable] }
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
    corpus(
      `line ${name}`,
      line(options),
      { ...kitVectors<string>(vectors), unsendable: ['a\nb', 1] },
      { roundTrip: false }
    )
  ),
  corpus('a long line', line(), {
    valid: [
      { name: 'long', bytes: `${longLine}\n`, messages: [longLine] },
      { bytes: 'a\n', messages: ['a'] }
    ],
    sends: [{ message: 'é', bytes: '\xc3\xa9\n' }],
    unsendable: ['a\nb', 1]
  }),
  ...framerCorpora.map(({ name, codec, vectors }) =>
    corpus(name, codec, framerVectors(vectors), {
      show: showMessage,
      roundTrip: false,
      rounds: 4,
      // What has no ending is a line of its own at the end alone.
      joinable: !name.includes('a file')
    })
  ),
  corpus('resp', resp(respLimits), kitVectors<string>(respVectors), { show: showArguments }),
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
  )
]
