import { type CodecLimits, type ComposableCodec, compose, type NativeFraming } from '@shiny/core/codec'
import type { RespCommand } from './command.js'
import { RespDecoder } from './decoder.js'
import { RespEncoder } from './encoder.js'
import { RespFrames } from './frames.js'
import { NameIndex } from './name-index.js'
import {
  largestRequest,
  limitsInForce,
  type RespLimitsInForce,
  type RespOptions,
  type RespSettings,
  respSettings
} from './options.js'
import {
  nullArray,
  RespAttributed,
  RespDouble,
  RespFailure,
  type RespNullArray,
  RespPush,
  type RespReply,
  RespSlice,
  RespStatus,
  RespSwitch,
  RespVerbatim
} from './reply.js'

/** Limits for a connection's `setLimits`. `codec` may have `maxLine`, `maxBulk` and `maxArguments`; see {@link RespOptions}. */
export interface RespConnectionLimits {
  readonly maxBuffered: number
  readonly codec: CodecLimits
}

/** The codec of Redis's protocol, server side, and the replies that no JavaScript value stands for. */
export interface Resp {
  /**
   * Requests as {@link RespCommand}, replies as {@link RespReply}, in RESP2 until a {@link Resp.switchTo} is sent.
   *
   * Empty requests are skipped. What Redis refuses is refused, with the same texts (`Protocol error: …`), and so are a
   * header or a bulk string without CR LF behind it, and a NUL in a line. What cannot be sent (undefined, functions,
   * symbols, plain objects, replies nested more than 32 deep) makes `send` throw ERR_MESSAGE_TYPE.
   *
   * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
   */
  (options?: RespOptions): ComposableCodec<RespCommand, RespReply>
  /**
   * What Redis grants a client that has yet to authenticate: 10 arguments, bulk strings of 16 KiB, 1 MiB buffered. Give it to `setLimits` in
   * `onOpen`. What only these limits refuse is refused as Redis does: `Protocol error: unauthenticated bulk length`.
   */
  readonly beforeAuth: RespConnectionLimits
  /** The codec's own limits again; give it to `setLimits` once the client has authenticated. */
  readonly afterAuth: RespConnectionLimits
  /** `+OK` */
  readonly ok: RespStatus
  /** `+PONG` */
  readonly pong: RespStatus
  /** `+QUEUED` */
  readonly queued: RespStatus
  /** Null where an array was expected: `*-1` in RESP2. */
  readonly nullArray: RespNullArray
  /** A simple string. CR and LF in it are sent as spaces. */
  status(text: string): RespStatus
  /** An error reply; its first word is the code by convention, for example `ERR`. CR and LF in it are sent as spaces. */
  error(text: string): RespFailure
  /** A double, also where `value` is whole; a bulk string in RESP2. */
  double(value: number): RespDouble
  /** Text with a format of three letters, `txt` or `mkd`; a bulk string in RESP2. */
  verbatim(format: string, text: string): RespVerbatim
  /** Out-of-band data, whose first element names its kind; an array in RESP2. */
  push(elements: readonly RespReply[]): RespPush
  /** A reply with facts about it, which RESP2 leaves out. Not all clients understand it. */
  attributed(attributes: ReadonlyMap<RespReply, RespReply>, reply: RespReply): RespAttributed
  /** Sends `reply`, and all after it, in the given version of RESP. */
  switchTo(version: 2 | 3, reply: RespReply): RespSwitch
  /** The bytes `source[start…end)` as a bulk string, read while `send` runs; `start` is 0 and `end` its length by default. */
  slice(source: Uint8Array, start?: number, end?: number): RespSlice
}

/** Framing by the codec's own limits, and by those that connections are given: plans are made once for each object of them. */
function framing(settings: RespSettings, index: NameIndex): NativeFraming<RespCommand> {
  const known = new WeakMap<CodecLimits, NativeFraming<RespCommand>>()
  const by = (limits: RespLimitsInForce): NativeFraming<RespCommand> => {
    const { maxLine, maxBulk, maxArguments } = limits
    return Object.freeze({
      plan: Object.freeze({ kind: 'resp' as const, maxLine, maxBulk, maxArguments, names: settings.names }),
      frames: () => new RespFrames(limits, index),
      limited: (changes: CodecLimits) => {
        let made = known.get(changes)
        if (made === undefined) {
          made = by(limitsInForce(settings, changes))
          known.set(changes, made)
        }
        return made
      }
    })
  }
  return by(limitsInForce(settings, {}))
}

function create(options: RespOptions = {}): ComposableCodec<RespCommand, RespReply> {
  const settings = respSettings(options)
  const index = new NameIndex(settings.names)
  return compose({
    name: 'resp',
    maxBuffered: largestRequest(settings),
    decoder: () => new RespDecoder(settings, index),
    encoder: () => new RespEncoder(),
    native: framing(settings, index)
  })
}

function limitsOf(maxBuffered: number, codec: CodecLimits): RespConnectionLimits {
  return Object.freeze({ maxBuffered, codec: Object.freeze(codec) })
}

/** See {@link Resp}. */
export const resp: Resp = Object.freeze(
  Object.assign(create, {
    beforeAuth: limitsOf(1024 * 1024, { maxArguments: 10, maxBulk: 16_384 }),
    afterAuth: limitsOf(2 ** 40, {}),
    ok: new RespStatus('OK'),
    pong: new RespStatus('PONG'),
    queued: new RespStatus('QUEUED'),
    nullArray,
    status: (text: string) => new RespStatus(text),
    error: (text: string) => new RespFailure(text),
    double: (value: number) => new RespDouble(value),
    verbatim: (format: string, text: string) => new RespVerbatim(format, text),
    push: (elements: readonly RespReply[]) => new RespPush(elements),
    attributed: (attributes: ReadonlyMap<RespReply, RespReply>, reply: RespReply) =>
      new RespAttributed(attributes, reply),
    switchTo: (version: 2 | 3, reply: RespReply) => new RespSwitch(version, reply),
    slice: (source: Uint8Array, start = 0, end = source.length) => new RespSlice(source, start, end)
  })
)
