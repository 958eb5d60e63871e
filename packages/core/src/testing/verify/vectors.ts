import type { Bytes } from './pieces.js'
import type { PlanFramer } from './plan-drive.js'

/** Stands among the messages of a vector where one frame is refused and decoding goes on behind it. */
export class Refusal {
  /** The code of the error. */
  readonly code: string
  /** The text of the error, where it matters. */
  readonly text: string | undefined
  /** Where in the bytes the refused frame begins, where it matters. */
  readonly offset: number | undefined

  constructor(code: string, text?: string, offset?: number) {
    this.code = code
    this.text = text
    this.offset = offset
  }
}

/** What bytes come to: messages, and recoverable errors. */
export type Expected<Shown> = readonly (Shown | Refusal)[]

/** Bytes that are whole messages. */
export interface ValidVector<Shown> {
  /** Names it in errors. */
  readonly name?: string
  readonly bytes: Bytes
  /** What they come to. */
  readonly messages: Expected<Shown>
}

/** Bytes that are refused, so that nothing more is decoded. */
export interface InvalidVector<Shown> {
  /** Names it in errors. */
  readonly name?: string
  readonly bytes: Bytes
  /** The code of the error. */
  readonly code: string
  /** The text of the error, where it matters. */
  readonly text?: string | undefined
  /** Where in the bytes the refused frame begins, where it matters. */
  readonly offset?: number | undefined
  /** The messages before it; default: none. */
  readonly before?: Expected<Shown> | undefined
}

/** Bytes behind which the peer ends the stream. */
export interface EndVector<Shown> {
  /** Names it in errors. */
  readonly name?: string
  readonly bytes: Bytes
  /** What they come to; default: nothing. */
  readonly messages?: Expected<Shown> | undefined
  /** The code of the error that follows, `ERR_TRUNCATED` for bytes that are no whole message; default: there is none. */
  readonly code?: string | undefined
  /** Where in the bytes the frame begins that the error is about, where it matters. */
  readonly offset?: number | undefined
}

/** What a codec must do: bytes and what they come to, and messages and what they become. */
export interface CodecVectors<Shown, Out> {
  readonly valid?: readonly ValidVector<Shown>[]
  readonly invalid?: readonly InvalidVector<Shown>[]
  readonly eof?: readonly EndVector<Shown>[]
  /** Messages that may be sent, and their bytes where these matter. */
  readonly sends?: readonly { readonly message: Out; readonly bytes?: Bytes }[]
  /** What cannot be sent: `encode` must throw. */
  readonly unsendable?: readonly unknown[]
}

/** How a codec is looked at. */
export interface VerifyOptions<In, Shown> {
  /**
   * Makes of a message, while it is lent, what the vectors show; called for each message. Default: the message itself. Needed
   * for messages that keep private what they are made of.
   */
  readonly show?: (message: In) => Shown
  /**
   * For a codec whose messages are pieces of a stream and depend on how it arrives: makes one message of several, so that the wholes
   * are compared.
   */
  readonly merge?: (messages: readonly Shown[]) => Shown
  /** Whether the messages of one vector may follow those of another on the same connection. Default: true. */
  readonly joinable?: boolean
  /**
   * Whether what is received may be sent and comes back the same. Default: true, unless `show` or `merge` is given. It is
   * tried with the messages of `valid` and of `sends`.
   */
  readonly roundTrip?: boolean
  /** Seeds what is random, 0 to 2³² − 1; default 1. */
  readonly seed?: number
  /** How many random orders and splits are tried of each vector and of all together; default 16. */
  readonly rounds?: number
  /** In reader operations for each byte, default 64: what counts as linear. Meaningful for vectors of 256 bytes and more. */
  readonly workPerByte?: number
  /** `framer` of `@shiny/native`: then the codec's native plan, if it has one, must find the same. */
  readonly framer?: (plan: object) => PlanFramer
}

/** What has been tried, and found in order. */
export interface VerifyReport {
  /** The codec's name. */
  readonly codec: string
  /** Vectors looked at. */
  readonly vectors: number
  /** Ways in which one of them was cut. */
  readonly splits: number
  /** Random rounds, of one vector and of several together. */
  readonly rounds: number
  /** Streams decoded, by the decoder and by the native plan. */
  readonly streams: number
  /** Whether the native plan took part. */
  readonly native: boolean
  /** Reader operations for each byte, in the costliest vector of 256 bytes and more when it came in drips; 0 without one. */
  readonly workPerByte: number
  /** Bytes of one incomplete frame that were kept at most. */
  readonly peak: number
}
