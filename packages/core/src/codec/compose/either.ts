import { optionError } from '../../errors/index.js'
import type { ByteReader } from '../byte-reader.js'
import {
  type Codec,
  type CodecIn,
  type CodecLimits,
  type CodecOut,
  type Decoder,
  type Encoder,
  NEED_MORE,
  type NeedMore
} from '../contract.js'
import { type ComposableCodec, compose } from './composable.js'
import { keeps } from './passed-on.js'

/** Codecs to choose between, by name. */
export type Choices = Readonly<Record<string, Codec<never, never> | Codec<unknown, never>>>

/** A message of one of several codecs, with the name of the codec that it belongs to. */
export type Tagged<C extends Choices, Side extends 'in' | 'out'> = {
  readonly [Name in keyof C & string]: {
    readonly codec: Name
    readonly message: Side extends 'in' ? CodecIn<C[Name]> : CodecOut<C[Name]>
  }
}[keyof C & string]

/**
 * One port, several protocols: `sniff` looks at the first bytes of a connection, consumes nothing and names the codec that it speaks
 * from then on; {@link NEED_MORE} when it cannot tell yet. Throw a DecodeError for bytes of none of them. Messages in both
 * directions carry the name of their codec.
 *
 * Limits that a connection sets are those of the codec that it speaks. Set before that is known, they are kept for it; a codec that does
 * not have them then refuses the connection.
 */
export function either<const C extends Choices>(
  sniff: (src: ByteReader) => (keyof C & string) | NeedMore,
  codecs: C
): ComposableCodec<Tagged<C, 'in'>, Tagged<C, 'out'>> {
  const names = Object.keys(codecs)
  const all = codecs as unknown as Record<string, Codec<unknown, unknown>>
  return compose({
    name: names.join(' or '),
    maxBuffered: Math.max(...names.map((name) => (all[name] as Codec<unknown>).maxBuffered)),
    decoder: () => new EitherDecoder<C>(sniff, all),
    encoder: () => new EitherEncoder<C>(all)
  })
}

class EitherDecoder<C extends Choices> implements Decoder<Tagged<C, 'in'>> {
  readonly #sniff: (src: ByteReader) => string | NeedMore
  readonly #codecs: Record<string, Codec<unknown, unknown>>
  #name = ''
  #chosen: Decoder<unknown> | null = null
  /** Set before there was anybody to keep them. */
  #limits: CodecLimits | null = null
  /** There when the chosen decoder has one. */
  pending?: () => boolean

  constructor(sniff: (src: ByteReader) => string | NeedMore, codecs: Record<string, Codec<unknown, unknown>>) {
    this.#sniff = sniff
    this.#codecs = codecs
  }

  decode(src: ByteReader): Tagged<C, 'in'> | NeedMore {
    if (this.#chosen === null) {
      if (src.length === 0) return NEED_MORE
      const name = this.#sniff(src)
      if (name === NEED_MORE) return NEED_MORE
      this.#name = name as string
      const chosen = (this.#codecs[this.#name] as Codec<unknown>).decoder()
      if (this.#limits !== null) limit(chosen, this.#limits, this.#name)
      if (chosen.pending !== undefined) this.pending = chosen.pending.bind(chosen)
      this.#chosen = chosen
    }
    return this.#tag(this.#chosen.decode(src))
  }

  keeps(): boolean {
    return this.#chosen !== null && keeps(this.#chosen)
  }

  setLimits(limits: CodecLimits): void {
    if (this.#chosen !== null) limit(this.#chosen, limits, this.#name)
    else if (this.#mayLimit(limits)) this.#limits = limits
  }

  end(src: ByteReader): Tagged<C, 'in'> | NeedMore {
    return this.#tag(this.#chosen?.end?.(src) ?? NEED_MORE)
  }

  /** Whether any of the codecs has them; throws what the last says of them when none has. */
  #mayLimit(limits: CodecLimits): boolean {
    let refusal: unknown
    for (const [name, codec] of Object.entries(this.#codecs)) {
      try {
        limit(codec.decoder(), limits, name)
        return true
      } catch (error) {
        refusal = error
      }
    }
    throw refusal
  }

  #tag(message: unknown): Tagged<C, 'in'> | NeedMore {
    if (message === NEED_MORE) return NEED_MORE
    return { codec: this.#name, message } as Tagged<C, 'in'>
  }
}

function limit(decoder: Decoder<unknown>, limits: CodecLimits, name: string): void {
  if (decoder.setLimits === undefined) throw optionError('codec', `${name} has no limits that can be changed`)
  decoder.setLimits(limits)
}

class EitherEncoder<C extends Choices> implements Encoder<Tagged<C, 'out'>> {
  readonly #codecs: Record<string, Codec<unknown, unknown>>
  readonly #encoders = new Map<string, Encoder<unknown>>()

  constructor(codecs: Record<string, Codec<unknown, unknown>>) {
    this.#codecs = codecs
  }

  encode({ codec, message }: Tagged<C, 'out'>, dst: Parameters<Encoder<unknown>['encode']>[1]): void {
    let encoder = this.#encoders.get(codec)
    if (encoder === undefined) {
      encoder = (this.#codecs[codec] as Codec<unknown>).encoder()
      this.#encoders.set(codec, encoder)
    }
    encoder.encode(message, dst)
  }
}
