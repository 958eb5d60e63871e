import type { Codec } from '../contract.js'
import type { Format } from '../format.js'
import { type Framing, framed } from './framer.js'
import { type Conversion, mapped } from './mapped.js'
import { piped, type Stage } from './piped.js'
import { behindPreamble, type PreambleFormat } from './preamble.js'
import type { SchemaOutput, StandardSchema } from './standard-schema.js'
import { validated } from './validated.js'

/** A codec that others can be made of. Each method returns a new codec; the one that it is called on stays as it is. */
export interface ComposableCodec<In, Out = In> extends Codec<In, Out> {
  /**
   * Converts messages on their way in and out. A throw in `in` refuses that message alone (`ERR_INVALID_MESSAGE`, recoverable), a throw in
   * `out` is what `send` throws. Where the codec is framed natively, it still is.
   */
  map<NewIn, NewOut>(convert: Conversion<In, Out, NewIn, NewOut>): ComposableCodec<NewIn, NewOut>
  /**
   * Lets only messages in that pass `schema`: of zod, valibot, arktype or whatever follows Standard Schema. A message that does not pass is
   * refused alone (`ERR_INVALID_MESSAGE`, recoverable), and the error names the path of what is wrong.
   */
  validated<S extends StandardSchema>(schema: S): ComposableCodec<SchemaOutput<S>, Out>
  /** Puts a stage behind the codec that makes other messages, as many or as few as it likes. */
  pipe<NewIn, NewOut>(stage: Stage<In, Out, NewIn, NewOut>): ComposableCodec<NewIn, NewOut>
}

/** Frames of bytes, and a codec of them for any format. */
export interface Framer<In, Out = In> extends ComposableCodec<In, Out> {
  /** A codec whose frames hold what `format` reads and writes. What it refuses costs that frame alone. */
  of<NewIn, NewOut>(format: Format<NewIn, NewOut>): ComposableCodec<NewIn, NewOut>
}

/** What comes before the messages. */
export interface Preamble<Header> extends PreambleFormat<Header> {
  /** A codec behind the preamble. What it says becomes the first message, of whatever type, where `deliver` makes one of it. */
  then<In, Out, First = never>(
    codec: Codec<In, Out>,
    deliver?: (header: Header) => First
  ): ComposableCodec<In | First, Out>
}

/** Gives a codec the methods to compose it by. */
export function compose<In, Out>(codec: Codec<In, Out>): ComposableCodec<In, Out> {
  return Object.freeze({
    ...codec,
    map: (convert: Conversion<In, Out, unknown, unknown>) => compose(mapped(codec, convert)),
    validated: (schema: StandardSchema) => compose(validated(codec, schema)),
    pipe: (stage: Stage<In, Out, unknown, unknown>) => compose(piped(codec, stage))
  }) as ComposableCodec<In, Out>
}

/**
 * Makes a framer of a way to tell frames apart. `messages` says what its messages are where it is used as a codec itself: a format of its
 * frames, or a codec.
 */
export function framer<In, Out>(framing: Framing, messages: Codec<In, Out> | Format<In, Out>): Framer<In, Out> {
  return Object.freeze({
    ...compose('decoder' in messages ? messages : { ...framed(framing, messages), name: framing.name }),
    of: (format: Format<unknown, unknown>) => compose(framed(framing, format))
  }) as Framer<In, Out>
}

/** Makes a preamble. */
export function preamble<Header>(format: PreambleFormat<Header>): Preamble<Header> {
  return Object.freeze({
    ...format,
    // biome-ignore lint/suspicious/noThenProperty: see Preamble
    then: <In, Out, First = never>(codec: Codec<In, Out>, deliver?: (header: Header) => First) =>
      compose(behindPreamble(format, codec, deliver))
  })
}
