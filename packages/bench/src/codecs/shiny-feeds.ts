import { ByteReader, type Codec, type Decoder, type FrameCursor, type FrameReader, NEED_MORE } from '@shiny/core/codec'
import { framer } from '@shiny/native'
import type { Feed, Sink } from './study.js'
import { Received, Unread } from './unread.js'

type AnyCodec = Codec<unknown, never>

// The words of an outcome.
const COUNT = 0
const END = 1
const NEED = 2
const REASON = 3
const DETAIL = 4
const FULL = 5

/** As many words as a reactor has for the frames of one turn. */
const TABLE_WORDS = 128 * 1024

/** Decodes in TypeScript, with the bytes kept as the native reactor does where a codec has no plan, and else as the portable one does. */
export class DecoderFeed implements Feed {
  readonly #sink: Sink
  readonly #decoder: Decoder<unknown>
  readonly #reader = new ByteReader()
  readonly #unread: Unread | Received
  #needed = 0
  #scanned = 0
  #scannedFor = -1

  constructor(codec: AnyCodec, sink: Sink) {
    this.#decoder = codec.decoder()
    this.#unread = codec.native === undefined ? new Received() : new Unread()
    this.#sink = sink
  }

  write(piece: Buffer): undefined {
    const unread = this.#unread
    unread.append(piece, this.#needed)
    if (unread.end - unread.start < this.#needed) return
    this.#decode()
    if (unread.rejoin() && unread.end - unread.start >= this.#needed) this.#decode()
  }

  #decode(): void {
    const unread = this.#unread
    const reader = this.#reader
    reader.reset(unread.bytes, unread.start, unread.end, this.#scanned, this.#scannedFor)
    this.#deliver()
    const { position, scanned, scannedFor, needed } = reader.suspend()
    unread.start = position
    this.#scanned = scanned
    this.#scannedFor = scannedFor
    this.#needed = needed
  }

  #deliver(): void {
    const reader = this.#reader
    const decoder = this.#decoder
    const sink = this.#sink
    for (;;) {
      const before = reader.position
      const message = decoder.decode(reader)
      if (message === NEED_MORE) return
      if (reader.position === before && decoder.pending === undefined) throw new Error('a message was made of no bytes')
      sink.onMessage(message)
    }
  }
}

/** Lets the native plan find the frames, as the native reactor does, but for one call across the boundary for each piece. */
export class PlanFeed implements Feed {
  readonly #sink: Sink
  readonly #framer: ReturnType<typeof framer>
  readonly #frames: FrameReader<unknown>
  readonly #unread = new Received()
  readonly #cursor: FrameCursor = {
    bytes: this.#unread.bytes,
    table: new Int32Array(TABLE_WORDS),
    at: 0,
    until: 0,
    walk: 0,
    start: 0
  }
  readonly #outcome = new Int32Array(FULL + 1)
  #needed = 0

  constructor({ name, native }: AnyCodec, sink: Sink) {
    if (native === undefined) throw new Error(`${name} has no native plan`)
    this.#framer = framer(native.plan)
    this.#frames = native.frames()
    this.#sink = sink
  }

  write(piece: Buffer): undefined {
    const unread = this.#unread
    unread.append(piece, this.#needed)
    if (unread.end - unread.start < this.#needed) return
    const cursor = this.#cursor
    cursor.bytes = unread.bytes
    for (;;) {
      this.#framer.frameWords(unread.bytes, unread.start, unread.end, cursor.table, this.#outcome)
      if (this.#word(REASON) !== 0) throw this.#frames.refuse(this.#word(REASON), this.#word(DETAIL))
      cursor.at = 0
      cursor.until = this.#word(COUNT)
      cursor.walk++
      cursor.start = unread.start
      this.#deliver()
      unread.start = this.#word(END)
      this.#needed = this.#word(NEED)
      if (this.#word(FULL) === 0) return
    }
  }

  #word(index: number): number {
    return this.#outcome[index] as number
  }

  #deliver(): void {
    const cursor = this.#cursor
    const { until } = cursor
    const frames = this.#frames
    const sink = this.#sink
    while (cursor.at < until) sink.onMessage(frames.read(cursor))
  }
}
