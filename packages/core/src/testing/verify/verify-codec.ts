import type { Codec } from '../../codec/index.js'
import { Bench, type Outcome } from './bench.js'
import { CodecFault, type FaultPlace } from './codec-fault.js'
import type { DecodeEvent } from './drive.js'
import { type Bytes, bytesOf, everySplit, join, randomPieces } from './pieces.js'
import { Random } from './random.js'
import { snapshot } from './snapshot.js'
import { type CodecVectors, Refusal, type VerifyOptions, type VerifyReport } from './vectors.js'
import { verifyEncoder } from './verify-encoder.js'

/** From so many bytes on it shows whether work is linear. */
const LONG = 256
const DEFAULT_WORK = 64

/** A vector that has been checked whole. */
interface Case {
  readonly name: string
  readonly bytes: Uint8Array
  readonly whole: Outcome
  /** Whether others may follow on the same connection. */
  readonly joinable: boolean
}

/**
 * Makes sure that a codec does what its vectors say, however the bytes arrive: whole, cut in two at every place, cut in three
 * where they are few, byte by byte, with others before and behind them, in random pieces. It must make the same messages, and the
 * same errors at the same offsets, also at the end of the stream; never look at bytes it was not given, keep lent ones, or
 * change any; go on or ask for more; do work that is linear in the bytes; keep no more than `maxBuffered`. What it encodes
 * must decode to the same, and a message that it cannot encode leaves nothing.
 *
 * @throws {@link CodecFault} with the bytes, the pieces and the seed, for the first fault that it finds.
 *
 * @example
 * ```ts
 * import { verifyCodec } from '@shiny/core/testing'
 * import { line } from '@shiny/codecs'
 *
 * const report = verifyCodec(line({ maxLength: 5 }), {
 *   valid: [{ bytes: 'ab\r\n\n', messages: ['ab', ''] }],
 *   invalid: [{ bytes: 'ab\n123456\n', before: ['ab'], code: 'ERR_FRAME_TOO_LONG', offset: 3 }],
 *   eof: [{ bytes: 'ab\nc', messages: ['ab'], code: 'ERR_TRUNCATED' }]
 * })
 * console.log(report.splits)
 * ```
 */
export function verifyCodec<In, Out, Shown = In>(
  codec: Codec<In, Out>,
  vectors: CodecVectors<NoInfer<Shown>, NoInfer<Out>>,
  options: VerifyOptions<NoInfer<In>, Shown> = {}
): VerifyReport {
  const verifier = new Verifier(codec as Codec<unknown, never>, vectors, options as VerifyOptions<never, unknown>)
  verifier.verify()
  verifyEncoder(codec as Codec<unknown, unknown>, vectors, options as VerifyOptions<never, unknown>)
  return verifier.report()
}

class Verifier {
  readonly #bench: Bench
  readonly #vectors: CodecVectors<unknown, unknown>
  readonly #options: VerifyOptions<never, unknown>
  readonly #seed: number
  readonly #tries: number
  readonly #cases: Case[] = []
  #splits = 0
  #rounds = 0
  #work = 0

  constructor(
    codec: Codec<unknown, never>,
    vectors: CodecVectors<unknown, unknown>,
    options: VerifyOptions<never, unknown>
  ) {
    this.#bench = new Bench(codec, options)
    this.#vectors = vectors
    this.#options = options
    this.#seed = options.seed ?? 1
    this.#tries = options.rounds ?? 16
  }

  verify(): void {
    this.#eachVector()
    if (this.#options.joinable ?? true) this.#together()
  }

  report(): VerifyReport {
    const { codec, streams, native, peak } = this.#bench
    return {
      codec: codec.name,
      vectors: this.#cases.length,
      splits: this.#splits,
      rounds: this.#rounds,
      streams,
      native,
      workPerByte: this.#work,
      peak
    }
  }

  #eachVector(): void {
    const { valid = [], invalid = [], eof = [] } = this.#vectors
    for (const { name, bytes, messages } of valid) this.#alone(name, bytes, messages.map(asEvent), true)
    for (const { name, bytes, before = [], code, text, offset } of invalid) {
      const failure = { code, text, offset } as never as DecodeEvent
      this.#alone(name, bytes, [...before.map(asEvent), failure], false)
    }
    for (const { name, bytes, messages = [], code, offset } of eof) {
      const failure = code === undefined ? [] : [{ code, offset } as never as DecodeEvent]
      this.#alone(name, bytes, [...messages.map(asEvent), ...failure], false)
    }
  }

  /** Looks at one vector: whole, and in every split. */
  #alone(name: string | undefined, given: Bytes, wanted: readonly DecodeEvent[], joinable: boolean): void {
    const bytes = bytesOf(given)
    const called = name ?? JSON.stringify(Buffer.from(bytes.subarray(0, 40)).toString('latin1'))
    this.#place({ vector: called }, () => {
      const whole = this.#place({ pieces: [bytes] }, () =>
        this.#bench.expectWhole(bytes, (events) => fill(wanted, events))
      )
      const one = { name: called, bytes, whole, joinable }
      this.#cases.push(one)
      this.#everySplit(one)
      this.#randomSplits(one)
      this.#twoDecoders(one)
    })
  }

  #everySplit(one: Case): void {
    const prompt = new Map<number, number>()
    const tried: [Uint8Array[], readonly number[]][] = []
    for (const pieces of everySplit(one.bytes)) {
      const outcome = this.#expect(pieces, one.whole.events, this.#splits++)
      learn(prompt, pieces, outcome.counts)
      tried.push([pieces, outcome.counts])
      if (pieces.length > 3) this.#weigh(one, pieces, outcome)
    }
    if (this.#options.merge === undefined)
      for (const [pieces, counts] of tried) this.#checkPrompt(prompt, pieces, counts)
  }

  /** A message comes as soon as its last byte is there. */
  #checkPrompt(prompt: ReadonlyMap<number, number>, pieces: readonly Uint8Array[], counts: readonly number[]): void {
    let length = 0
    for (const [index, piece] of pieces.entries()) {
      length += piece.length
      const count = counts[index] as number
      const known = prompt.get(length) as number
      if (count >= known) continue
      const text = `after ${length} bytes it has made ${count} messages, and ${known} when they are split otherwise`
      throw new CodecFault('late', `${text}: it asks for more than it needs`, { pieces })
    }
  }

  #weigh({ bytes, whole }: Case, pieces: readonly Uint8Array[], { operations }: Outcome): void {
    if (bytes.length < LONG) return
    const each = operations / bytes.length
    this.#work = Math.max(this.#work, each)
    const most = this.#options.workPerByte ?? DEFAULT_WORK
    if (each <= most) return
    const text = `${operations} reader operations for ${bytes.length} bytes in ${pieces.length} pieces, ${whole.operations} for the whole`
    throw new CodecFault('work', `it does more than linear work, a quadratic rescan perhaps: ${text}`, { pieces })
  }

  #randomSplits(one: Case): void {
    const random = new Random(this.#seed)
    for (let round = 0; round < this.#tries; round++) {
      this.#rounds++
      const pieces = randomPieces(one.bytes, 8, random)
      this.#place({ seed: this.#seed }, () => this.#expect(pieces, one.whole.events, round))
    }
  }

  /** Two connections of one codec, whose pieces alternate, know nothing of each other. */
  #twoDecoders(one: Case): void {
    const drives = [this.#bench.drive(), this.#bench.drive()]
    this.#rounds++
    const step = Math.max(1, Math.ceil(one.bytes.length / 256))
    for (let at = 0; at < one.bytes.length; at += step)
      for (const drive of drives) drive.feed(one.bytes.subarray(at, at + step))
    for (const drive of drives) {
      drive.end()
      const difference = this.#bench.difference(one.whole.events, drive.events)
      if (difference !== undefined)
        throw new CodecFault('shared', `two decoders share their state: ${difference}`, { pieces: [one.bytes] })
    }
  }

  /** Vectors one behind the other, in random order and pieces, on one decoder. */
  #together(): void {
    const random = new Random(this.#seed)
    const joinable = this.#cases.filter((one) => one.joinable)
    if (joinable.length === 0) return
    for (const one of joinable) this.#joined([one, one, one], random)
    for (const one of this.#cases) this.#joined([random.pick(joinable), one], random)
    for (let round = 0; round < this.#tries; round++) {
      const some = Array.from({ length: 2 + random.below(9) }, () => random.pick(joinable))
      this.#joined([...some, random.pick(this.#cases)], random)
    }
  }

  #joined(cases: readonly Case[], random: Random): void {
    this.#rounds++
    const wanted: DecodeEvent[] = []
    let length = 0
    for (const { bytes, whole } of cases) {
      for (const event of whole.events)
        wanted.push('message' in event ? event : { ...event, offset: event.offset + length })
      length += bytes.length
    }
    const bytes = join(cases.map((one) => one.bytes))
    const vector = cases.map((one) => one.name).join(' + ')
    this.#place({ vector, seed: this.#seed }, () => {
      this.#expect([bytes], wanted, this.#rounds)
      this.#expect(randomPieces(bytes, 4 * cases.length, random), wanted, this.#rounds)
    })
  }

  #expect(pieces: readonly Uint8Array[], wanted: readonly DecodeEvent[], guard: number): Outcome {
    return this.#place({ pieces }, () => this.#bench.expect(pieces, wanted, guard))
  }

  /** Adds what is known of the place to a fault. */
  #place<T>(place: FaultPlace, work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error
      const known = error.place
      throw error.at({ codec: this.#bench.codec.name, ...place, ...known })
    }
  }
}

function asEvent(message: unknown): DecodeEvent {
  if (message instanceof Refusal) return { ...message } as never as DecodeEvent
  return { message: snapshot(message) }
}

/** What a vector leaves open about an error is as it is. */
function fill(wanted: readonly DecodeEvent[], got: readonly DecodeEvent[]): DecodeEvent[] {
  const failures = got.filter((event) => !('message' in event))
  return wanted.map((event) => {
    if ('message' in event) return event
    const found = failures.shift()
    if (found === undefined || 'message' in found)
      return { ...event, text: event.text ?? '', offset: event.offset ?? 0 }
    return { code: event.code, text: event.text ?? found.text, offset: event.offset ?? found.offset }
  })
}

/** Notes how many messages there were after how many bytes: the most is how many there can be. */
function learn(prompt: Map<number, number>, pieces: readonly Uint8Array[], counts: readonly number[]): void {
  let length = 0
  for (const [index, piece] of pieces.entries()) {
    length += piece.length
    prompt.set(length, Math.max(prompt.get(length) ?? 0, counts[index] as number))
  }
}
