import {
  ByteReader,
  type Codec,
  DecodeError,
  type FrameCursor,
  NEED_MORE,
  type NeedMore,
  type RawBuffer,
  rawBuffer
} from '@shiny/core/codec'

/** What came of a stream of bytes: the messages, the refusal that ended it, or what was left over. */
export interface Outcome {
  readonly messages: string[]
  /** Where the frames begin that were refused alone. */
  readonly places?: number[]
  readonly refused?: { readonly code: string; readonly text: string; readonly offset: number }
  /** Bytes that are no whole frame, and how many of that frame must be there before looking again; 0: unknown. */
  readonly left?: { readonly bytes: number; readonly need: number }
}

/** Turns bytes, in pieces, into an outcome. */
export type Feed = (pieces: readonly Uint8Array[]) => Outcome

/** How a test writes a message down, while it is lent. */
export type Show<In> = (message: In) => string

/** What stands before and behind the bytes that a decoder is lent: whoever reads too far finds what he would like to. */
const GUARDS = [0x0a, 0x0d, 0x00, 0x31]

interface Lent {
  readonly memory: RawBuffer
  readonly start: number
  readonly end: number
}

/** The unread bytes in memory of their own, between guards. */
function lend(pending: Uint8Array, consumed: number): Lent {
  const start = 1 + (consumed % 5)
  const end = start + pending.length
  const memory = rawBuffer(end + 3)
  memory.fill(GUARDS[(consumed + pending.length) % GUARDS.length] as number)
  memory.set(pending, start)
  return { memory, start, end }
}

type Stepping = (lent: Lent) => Step

/** Left out where there are none. */
const told = (places: number[]) => places.length > 0 && { places }

/** Joins the pieces as they come, calls `step` as often as it may be, gives it what is unread, and `last` what is so at the end. */
function drive(pieces: readonly Uint8Array[], step: Stepping, last?: Stepping): Outcome {
  const messages: string[] = []
  const places: number[] = []
  let pending: Uint8Array = new Uint8Array(0)
  let consumed = 0
  let need = 0
  const steps = pieces.map((piece) => ({ piece, take: step }))
  if (last !== undefined) steps.push({ piece: new Uint8Array(0), take: last })
  for (const { piece, take } of steps) {
    pending = Buffer.concat([pending, piece])
    if (pending.length < need && take !== last) continue
    const lent = lend(pending, consumed)
    const result = take(lent)
    messages.push(...result.messages)
    places.push(...result.places.map((place) => consumed + place - lent.start))
    if (result.error !== undefined) {
      const { code, message } = result.error
      return {
        messages,
        ...told(places),
        refused: { code, text: message, offset: consumed + result.position - lent.start }
      }
    }
    need = result.need
    consumed += result.position - lent.start
    pending = pending.subarray(result.position - lent.start)
  }
  return { messages, ...told(places), left: { bytes: pending.length, need } }
}

interface Step {
  readonly messages: readonly string[]
  readonly places: readonly number[]
  readonly position: number
  readonly need: number
  readonly error?: DecodeError
}

/** What a handler does with the refusal of one frame: see `onError`. */
export type OnRefusal = 'stop' | 'continue'

/** Feeds a codec's decoder as the framework does, up to the end of the stream. With `continue`, the refusal of one frame is a message. */
export function byDecoder<In>(codec: Codec<In, never>, show: Show<In>, onRefusal: OnRefusal = 'stop'): Feed {
  return (pieces) => {
    const decoder = codec.decoder()
    const reader = new ByteReader()
    let scanned = 0
    let scannedFor = -1
    const step = (next: (src: ByteReader) => In | NeedMore, { memory, start, end }: Lent): Step => {
      const messages: string[] = []
      const places: number[] = []
      reader.reset(memory, start, end, scanned, scannedFor)
      for (;;) {
        const before = reader.position
        try {
          const message = next(reader)
          if (message === NEED_MORE) break
          messages.push(show(message))
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error
          if (onRefusal === 'stop' || !error.recoverable)
            return { messages, places, position: reader.position, need: 0, error }
          if (reader.position === before) throw new Error(`no progress: ${error.message}`)
          messages.push(showRefusal(error))
          places.push(before + error.passed)
        }
      }
      const state = reader.suspend()
      scanned = state.scanned
      scannedFor = state.scannedFor
      return { messages, places, position: state.position, need: state.needed }
    }
    const { end } = decoder
    return drive(
      pieces,
      (lent) => step((src) => decoder.decode(src), lent),
      end && ((lent) => step((src) => end.call(decoder, src), lent))
    )
  }
}

/** How a corpus writes the refusal of one frame down. */
export function showRefusal({ code, message }: DecodeError): string {
  return `refused ${code}: ${message}`
}

/** A framing plan at work; what `framer` of @shiny/native makes. */
export interface Framer {
  frame(
    bytes: Uint8Array,
    start: number,
    end: number,
    table: Int32Array
  ): { count: number; end: number; need: number; reason: number; detail: number; full: boolean }
}

/** Feeds a native plan, and a codec's frame reader with what that finds. */
export function byPlan<In>(
  codec: Codec<In, never>,
  makeFramer: (plan: object) => Framer,
  show: Show<In>,
  onRefusal: OnRefusal = 'stop'
): Feed {
  const { native } = codec
  if (native === undefined) throw new Error(`${codec.name} has no native plan`)
  const table = new Int32Array(16_384)
  let walk = 0
  return (pieces) => {
    const framer = makeFramer(native.plan)
    const frames = native.frames()
    return drive(pieces, ({ memory, start, end }) => {
      const messages: string[] = []
      const places: number[] = []
      let from = start
      for (;;) {
        const outcome = framer.frame(memory, from, end, table)
        const cursor: FrameCursor = { bytes: memory, table, at: 0, until: outcome.count, walk: walk++, start: from }
        while (cursor.at < outcome.count) {
          const frame = cursor.start
          try {
            messages.push(show(frames.read(cursor)))
          } catch (error) {
            if (!(error instanceof DecodeError)) throw error
            if (onRefusal === 'stop') return { messages, places, position: cursor.start, need: 0, error }
            messages.push(showRefusal(error))
            places.push(frame)
          }
        }
        from = outcome.end
        const { reason, detail, need, full } = outcome
        if (reason !== 0) return { messages, places, position: from, need: 0, error: frames.refuse(reason, detail) }
        if (!full) return { messages, places, position: from, need }
        if (outcome.count === 0) throw new Error('a frame does not fit an empty table')
      }
    })
  }
}
