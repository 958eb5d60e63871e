import { hexDump } from './hex-dump.js'

/**
 * What may be wrong with a codec:
 *
 * - `vector`: the bytes do not come to what the vector says.
 * - `split`: they do not when they are cut; `offset`: the same error is at another place then; `late`: messages come later.
 * - `consumes`: `decode` consumed bytes, answered NEED_MORE, and forgot them. `need`: it asked for more than the message has.
 * - `progress`: a message was made of no bytes. `work`: more work than is linear in the bytes. `limit`: `maxBuffered` does not fit.
 * - `beyond`: it looks at bytes behind those it was given. `borrow`: it keeps lent bytes. `mutation`: it changes what it was given.
 * - `shared`: connections or messages share state. `threw`: something that is no DecodeError was thrown.
 * - `encode`: what is encoded depends on what came before, or is not what the vector says; `half`: a message that was refused
 *   leaves bytes. `trip`: a message that is encoded and decoded is another.
 * - `native`: the native plan finds something else. `interrupt`: something is lost, or comes twice, when a handler interrupts.
 */
export type FaultKind =
  | 'vector'
  | 'split'
  | 'offset'
  | 'late'
  | 'consumes'
  | 'need'
  | 'progress'
  | 'work'
  | 'limit'
  | 'beyond'
  | 'borrow'
  | 'mutation'
  | 'shared'
  | 'threw'
  | 'encode'
  | 'half'
  | 'trip'
  | 'native'
  | 'interrupt'

/** Where a fault shows itself. */
export interface FaultPlace {
  /** Names of the codec and of the vector. */
  readonly codec?: string
  readonly vector?: string
  /** The pieces in which the bytes arrived. */
  readonly pieces?: readonly Uint8Array[]
  /** What seeded the random numbers, where some took part. */
  readonly seed?: number
}

/** The error that says what is wrong with a codec, and shows the bytes that prove it. */
export class CodecFault extends Error {
  /** What kind of fault it is. */
  readonly kind: FaultKind
  /** What is wrong, without the bytes. */
  readonly fault: string
  readonly #place: FaultPlace

  constructor(kind: FaultKind, fault: string, place: FaultPlace = {}) {
    super(tell(kind, fault, place))
    this.kind = kind
    this.fault = fault
    this.#place = place
  }

  override get name(): string {
    return 'CodecFault'
  }

  /** Where it shows itself: codec, vector, the pieces in which the bytes arrived, the seed of what was random. */
  get place(): FaultPlace {
    return this.#place
  }

  /** The same fault, with what is known of its place. */
  at(place: FaultPlace): CodecFault {
    return new CodecFault(this.kind, this.fault, place)
  }
}

function tell(kind: FaultKind, fault: string, { codec, vector, pieces, seed }: FaultPlace): string {
  const lines = [`${codec === undefined ? '' : `${codec}: `}${fault} [${kind}]`]
  if (vector !== undefined) lines.push(`vector: ${vector}`)
  if (seed !== undefined) lines.push(`seed: ${seed}`)
  if (pieces !== undefined) lines.push(`${pieces.length} piece${pieces.length === 1 ? '' : 's'}:`, hexDump(pieces))
  return lines.join('\n')
}
