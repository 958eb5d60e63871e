import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { type Codec, type Encoder, NEED_MORE, type NeedMore } from '../contract.js'
import { keeps, passedOn } from './passed-on.js'
import { behind, passedBefore } from './places.js'

/**
 * A stage behind a codec that makes other messages of its messages, as many or as few as it likes: it pulls what it needs. So
 * nothing is queued, a paused connection pauses every stage, and unread bytes stay where they are.
 */
export interface Stage<In, Out, NewIn, NewOut> {
  /** Names the stage in errors. */
  readonly name: string
  /** Makes the incoming side of one connection. */
  readonly decoder: () => StageDecoder<In, NewIn>
  /** Makes the outgoing side of one connection. */
  readonly encoder: () => StageEncoder<Out, NewOut>
}

/** The incoming side of a stage. */
export interface StageDecoder<In, NewIn> {
  /**
   * Returns the next message, or {@link NEED_MORE} when `next` has answered so and it has nothing of its own left. It may keep what it
   * has pulled, within bounds of its own.
   */
  readonly decode: (next: () => In | NeedMore) => NewIn | NeedMore
  /** Whether it has messages left over that need nothing from `next`; for stages that make several of one. */
  readonly pending?: () => boolean
  /**
   * Whether it keeps anything of what it has pulled: messages, or parts of one. `upgrade` does not forward what is left over while this is
   * so, since what a stage keeps would be lost; without an answer it is taken to keep something always.
   */
  readonly keeps?: () => boolean
}

/** The outgoing side of a stage. */
export interface StageEncoder<Out, NewOut> {
  /** Passes on, by `emit`, as many messages as one makes. */
  readonly encode: (message: NewOut, emit: (message: Out) => void) => void
}

/** A codec with a stage behind it. A stage pulls one message after the other, so that the frames are found in TypeScript. */
export function piped<In, Out, NewIn, NewOut>(
  codec: Codec<In, Out>,
  stage: Stage<In, Out, NewIn, NewOut>
): Codec<NewIn, NewOut> {
  return {
    name: `${codec.name} | ${stage.name}`,
    maxBuffered: codec.maxBuffered,
    decoder: () => {
      const inner = codec.decoder()
      const outer = stage.decoder()
      const pull = new Pull(inner.decode.bind(inner), outer)
      const end = inner.end && new Pull(inner.end.bind(inner), outer)
      return {
        decode: (src) => pull.from(src),
        ...(end && { end: (src) => end.from(src) }),
        ...passedOn(inner),
        ...pendingOf(inner, outer),
        keeps: () => keeps(inner) || (outer.keeps?.() ?? true)
      }
    },
    encoder: () => {
      const inner = codec.encoder()
      const push = new Push(inner, stage.encoder())
      return {
        encode: (message, dst) => push.to(message, dst),
        ...(inner.encodeError && { encodeError: inner.encodeError.bind(inner) })
      }
    }
  }
}

type MayPend = { readonly pending?: () => boolean }

function pendingOf(inner: MayPend, outer: MayPend): MayPend {
  const both = [inner, outer].filter((side) => side.pending !== undefined)
  return both.length === 0 ? {} : { pending: () => both.some((side) => side.pending?.()) }
}

/** Asks upstream for one message, for a stage. One for each connection, so that a message costs no closure. */
class Pull<In, NewIn> {
  readonly #decode: (src: ByteReader) => In | NeedMore
  readonly #stage: StageDecoder<In, NewIn>
  readonly #next = (): In | NeedMore => this.#pull(this.#src as ByteReader)
  #src: ByteReader | null = null
  /** Where the present call began. */
  #entered = 0
  /** What upstream threw in the present call. */
  #refusal: unknown = null

  constructor(decode: (src: ByteReader) => In | NeedMore, stage: StageDecoder<In, NewIn>) {
    this.#decode = decode
    this.#stage = stage
  }

  from(src: ByteReader): NewIn | NeedMore {
    this.#src = src
    this.#entered = src.position
    try {
      return this.#stage.decode(this.#next)
    } catch (error) {
      throw error === this.#refusal ? error : behind(error, passedBefore(src, this.#entered))
    } finally {
      this.#src = this.#refusal = null
    }
  }

  #pull(src: ByteReader): In | NeedMore {
    const began = src.position
    try {
      return this.#decode(src)
    } catch (error) {
      this.#refusal = behind(error, began - this.#entered)
      throw this.#refusal
    }
  }
}

/** Encodes what a stage passes on. One for each connection. */
class Push<Out, NewOut> {
  readonly #encoder: Encoder<Out>
  readonly #stage: StageEncoder<Out, NewOut>
  readonly #emit = (message: Out): void => this.#encoder.encode(message, this.#dst as ByteWriter)
  #dst: ByteWriter | null = null

  constructor(encoder: Encoder<Out>, stage: StageEncoder<Out, NewOut>) {
    this.#encoder = encoder
    this.#stage = stage
  }

  to(message: NewOut, dst: ByteWriter): void {
    this.#dst = dst
    try {
      this.#stage.encode(message, this.#emit)
    } finally {
      this.#dst = null
    }
  }
}
