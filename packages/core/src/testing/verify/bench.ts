import type { Codec } from '../../codec/index.js'
import { CodecFault, type FaultKind } from './codec-fault.js'
import { DecoderDrive } from './decoder-drive.js'
import type { DecodeEvent, DriveOptions } from './drive.js'
import { PlanDrive, type PlanFramer } from './plan-drive.js'
import { same, show, snapshot } from './snapshot.js'
import type { VerifyOptions } from './vectors.js'

/** What came of a stream. */
export interface Outcome {
  readonly events: readonly DecodeEvent[]
  /** Bytes that were left over before the stream ended. */
  readonly left: number
  readonly need: number
  /** How many messages there were after each piece. */
  readonly counts: readonly number[]
  readonly peak: number
  readonly operations: number
  readonly swallowed: number
  /** Which byte stood around those that were lent. */
  readonly guard: number
}

/** The guards that are tried to see whether one makes a difference. */
const GUARDS = [0, 1, 2, 3, 4, 5, 6]
/** How many messages and errors a fault shows. */
const TOLD = 12

type AnyCodec = Codec<unknown, never>

/** Runs streams through one codec, counts them, and finds out what is wrong when they do not come to the same. */
export class Bench {
  readonly codec: AnyCodec
  streams = 0
  peak = 0
  readonly #options: VerifyOptions<never, unknown>
  readonly #base: DriveOptions
  /** Made for the first stream, and used for all: making one takes much longer than framing. */
  #framer: PlanFramer | undefined

  constructor(codec: AnyCodec, options: VerifyOptions<never, unknown>) {
    this.codec = codec
    this.#options = options
    const show = (options.show ?? ((message: unknown) => message)) as (message: unknown) => unknown
    this.#base = { maxBuffered: codec.maxBuffered, show, poison: true, guard: 0, patient: true }
  }

  /** Whether the native plan takes part. */
  get native(): boolean {
    return this.codec.native !== undefined && this.#options.framer !== undefined
  }

  /** What comes of the pieces; where the native plan takes part it must come to the same. */
  run(pieces: readonly Uint8Array[], guard = 0): Outcome {
    const outcome = this.#decode(pieces, { guard })
    this.peak = Math.max(this.peak, outcome.peak)
    if (this.native) this.#compareNative(pieces, outcome, guard)
    return outcome
  }

  /** A decoder of its own, to be fed by hand. */
  drive(): DecoderDrive {
    this.streams++
    return new DecoderDrive(this.codec, this.#base)
  }

  /** Makes sure that the pieces come to `wanted`. */
  expect(pieces: readonly Uint8Array[], wanted: readonly DecodeEvent[], guard: number): Outcome {
    const got = this.run(pieces, guard)
    const difference = this.difference(wanted, got.events)
    if (difference !== undefined) throw this.#explain(pieces, wanted, got, difference)
    return got
  }

  /** Makes sure that bytes in one piece come to what they should; `wanted` may look at what they come to. */
  expectWhole(bytes: Uint8Array, wanted: (got: readonly DecodeEvent[]) => readonly DecodeEvent[]): Outcome {
    const pieces = [bytes]
    const outcome = this.#decode(pieces, {})
    const difference = this.difference(wanted(outcome.events), outcome.events)
    if (difference !== undefined)
      throw (
        this.#explainBytes(pieces, outcome, difference) ??
        new CodecFault('vector', `it makes ${difference}`, { pieces })
      )
    const again = this.run(pieces)
    const other = this.difference(outcome.events, again.events)
    if (other !== undefined)
      throw new CodecFault('shared', `a second decoder does not do what the first did: they share state: ${other}`, {
        pieces
      })
    return again
  }

  /** How two streams of events differ; undefined: they do not. */
  difference(wanted: readonly DecodeEvent[], got: readonly DecodeEvent[]): string | undefined {
    const one = this.merged(wanted)
    const other = this.merged(got)
    if (sameEvents(one, other)) return undefined
    return `${tell(other)} instead of ${tell(one)}`
  }

  /** The events, the messages between two errors made one where they are pieces of a stream. */
  merged(events: readonly DecodeEvent[]): readonly DecodeEvent[] {
    const { merge } = this.#options
    if (merge === undefined) return events
    const result: DecodeEvent[] = []
    let messages: unknown[] = []
    const flush = () => {
      if (messages.length > 0) result.push({ message: snapshot(merge(messages)) })
      messages = []
    }
    for (const event of events) {
      if ('message' in event) messages.push(event.message)
      else {
        flush()
        result.push(event)
      }
    }
    flush()
    return result
  }

  #decode(pieces: readonly Uint8Array[], changes: Partial<DriveOptions>): Outcome {
    this.streams++
    const drive = new DecoderDrive(this.codec, { ...this.#base, ...changes })
    const counts = pieces.map((piece) => {
      drive.feed(piece)
      return drive.messages
    })
    const { left, need, peak, swallowed } = drive
    drive.end()
    const { events, operations } = drive
    return { events, left, need, counts, peak, operations, swallowed, guard: changes.guard ?? 0 }
  }

  #compareNative(pieces: readonly Uint8Array[], { events, left, need }: Outcome, guard: number): void {
    this.streams++
    this.#framer ??= this.#options.framer?.(this.codec.native?.plan as object) as PlanFramer
    const drive = new PlanDrive(this.codec, this.#framer, { ...this.#base, guard })
    for (const piece of pieces) drive.feed(piece)
    const wanted = { left, need }
    const got = { left: drive.left, need: drive.need }
    const ended = drive.over
    drive.end()
    const difference = this.difference(events, drive.events)
    if (difference !== undefined) throw new CodecFault('native', `its native plan makes ${difference}`, { pieces })
    if (!ended && !same(wanted, got))
      throw new CodecFault('native', `its native plan leaves ${show(got)} instead of ${show(wanted)}`, { pieces })
  }

  /** Names the fault that makes a split matter. */
  #explain(
    pieces: readonly Uint8Array[],
    wanted: readonly DecodeEvent[],
    got: Outcome,
    difference: string
  ): CodecFault {
    const fault = (kind: FaultKind, text: string) => new CodecFault(kind, `${text}: ${difference}`, { pieces })
    const known = this.#explainBytes(pieces, got, difference)
    if (known !== undefined) return known
    if (this.difference(withoutOffsets(wanted), withoutOffsets(got.events)) === undefined)
      return fault('offset', 'the offset of an error depends on how the bytes are split')
    if (got.swallowed > 0)
      return fault('consumes', `it consumed ${got.swallowed} bytes, answered NEED_MORE, and forgot what they were`)
    if (got.need > got.left && this.difference(wanted, this.#decode(pieces, { patient: false }).events) === undefined)
      return fault('need', `it asked for ${got.need} unread bytes, more than the message has`)
    return fault('split', 'what it makes depends on how the bytes are split')
  }

  /** Names the fault when the bytes that were lent make the difference: those that are gone, and those around them. */
  #explainBytes(pieces: readonly Uint8Array[], got: Outcome, difference: string): CodecFault | undefined {
    const fault = (kind: FaultKind, text: string) => new CodecFault(kind, `${text}: ${difference}`, { pieces })
    const differs = (changes: Partial<DriveOptions>) =>
      this.difference(this.#decode(pieces, changes).events, got.events) !== undefined
    if (differs({ poison: false, guard: got.guard }))
      return fault('borrow', 'it keeps a borrowed view, whose bytes have changed when it is used again')
    if (GUARDS.some((guard) => differs({ guard })))
      return fault('beyond', 'it reads beyond the unread bytes: what lies behind them makes a difference')
    const last = got.events.at(-1)
    if (last !== undefined && 'code' in last && last.code === 'ERR_BUFFER_LIMIT')
      return fault('limit', `its maxBuffered, ${this.codec.maxBuffered}, is less than an incomplete message may be`)
    return undefined
  }
}

/** Looks at each by itself: most messages are compared at a glance. */
function sameEvents(one: readonly DecodeEvent[], other: readonly DecodeEvent[]): boolean {
  if (one.length !== other.length) return false
  return one.every((event, index) => {
    const found = other[index] as DecodeEvent
    if ('message' in event)
      return 'message' in found && (event.message === found.message || same(event.message, found.message))
    return (
      !('message' in found) && event.code === found.code && event.text === found.text && event.offset === found.offset
    )
  })
}

function withoutOffsets(events: readonly DecodeEvent[]): DecodeEvent[] {
  return events.map((event) => ('message' in event ? event : { ...event, offset: 0 }))
}

function tell(events: readonly DecodeEvent[]): string {
  if (events.length === 0) return 'nothing'
  const told = events
    .slice(0, TOLD)
    .map((event) => ('message' in event ? show(event.message) : `${event.code} at ${event.offset} (${event.text})`))
    .join(', ')
  return events.length > TOLD ? `${told}, and ${events.length - TOLD} more` : told
}
