import { ByteWriter, type RawBuffer, rawBuffer } from '../codec/index.js'

/** Words of a record in the output table: slot, start, end. */
export const OUTPUT_WORDS = 3
/** The word of the output table that counts its records; the records begin at {@link OUTPUT_FIRST}. */
export const OUTPUT_COUNT = 0
export const OUTPUT_FIRST = 4

/** What an arena needs of the reactor that drains it. */
export interface OutputDrain {
  /** Takes all records out of the table now, and sets its count to 0. */
  flushOutput(): void
  /** Takes one message that was too large for the arena. */
  sendLarge(slot: number, bytes: Buffer, length: number): void
}

/**
 * The memory in which all connections of a reactor encode their output, and the table of who wrote what where. A record is
 * the slot of a connection and a range of bytes; consecutive messages of one connection share a record. The reactor reads
 * the table once a turn; `send` makes no call into it unless the arena is full.
 */
export class OutputArena extends ByteWriter {
  /** Bytes that have left, for each slot, since its connection opened. Written by the reactor. */
  readonly sent: Float64Array
  readonly #table: Int32Array
  readonly #drain: OutputDrain
  readonly #arena: RawBuffer
  readonly #lastRecord: number
  #owner = -1
  #record = OUTPUT_FIRST - OUTPUT_WORDS

  constructor(drain: OutputDrain, arena: RawBuffer, table: Int32Array, sent: Float64Array) {
    super(0)
    this.#drain = drain
    this.#arena = arena
    this.#table = table
    this.#lastRecord = table.length - OUTPUT_WORDS
    this.sent = sent
    this.buffer = arena
  }

  /** Begins a message of the connection at `slot`. */
  open(slot: number): void {
    const table = this.#table
    const count = table[OUTPUT_COUNT] as number
    if (count === 0) {
      this.position = 0
      this.#record = OUTPUT_FIRST - OUTPUT_WORDS
    }
    if (count === 0 || this.#owner !== slot) this.#openRecord(slot)
    this.messageStart = this.position
  }

  /** Ends the message and returns its length in bytes. */
  finish(): number {
    const length = this.position - this.messageStart
    if (this.buffer === this.#arena) {
      this.#table[this.#record + 2] = this.position
      return length
    }
    this.#finishLarge(length)
    return length
  }

  /** Takes back what the message has written. */
  override rollback(): void {
    if (this.buffer !== this.#arena) {
      this.buffer = this.#arena
      this.position = 0
      this.messageStart = 0
    } else this.position = this.messageStart
  }

  /**
   * Makes room by sending what other messages have written, and moves the present one to the front. A message that is
   * larger than the arena grows in memory of its own.
   */
  protected override grow(count: number): void {
    const length = this.position - this.messageStart
    const wanted = length + count
    if (this.buffer !== this.#arena || wanted > this.#arena.length) {
      const larger = rawBuffer(Math.max(2 * this.buffer.length, wanted))
      this.buffer.copy(larger, 0, this.messageStart, this.position)
      if (this.buffer === this.#arena) this.#flush()
      this.buffer = larger
    } else {
      const slot = this.#owner
      this.#flush()
      this.#arena.copyWithin(0, this.messageStart, this.position)
      this.position = 0
      this.#openRecord(slot)
    }
    this.messageStart = 0
    this.position = length
  }

  #openRecord(slot: number): void {
    if (this.#record + OUTPUT_WORDS > this.#lastRecord) {
      this.#flush()
      this.position = 0
    }
    const table = this.#table
    this.#record += OUTPUT_WORDS
    table[this.#record] = slot
    table[this.#record + 1] = this.position
    table[this.#record + 2] = this.position
    table[OUTPUT_COUNT] = (table[OUTPUT_COUNT] as number) + 1
    this.#owner = slot
  }

  #finishLarge(length: number): void {
    const slot = this.#owner
    const bytes = this.buffer
    this.buffer = this.#arena
    this.position = 0
    this.messageStart = 0
    this.#drain.sendLarge(slot, bytes, length)
  }

  #flush(): void {
    this.#drain.flushOutput()
    this.#record = OUTPUT_FIRST - OUTPUT_WORDS
  }
}
