import { type Codec, type Decoder, NEED_MORE } from '../../codec/index.js'
import { DecodeError } from '../../errors/index.js'
import { CodecFault } from './codec-fault.js'
import { Drive, type DriveOptions, type Lent } from './drive.js'
import { ProbeReader } from './probe-reader.js'
import { snapshot } from './snapshot.js'

/** So many messages in a row may need no bytes, as several are made of one frame. */
const MOST_PENDING = 100_000

/** Drives the decoder of a codec, and watches what it does with its reader. */
export class DecoderDrive extends Drive {
  /** Bytes that were consumed by calls that answered NEED_MORE. */
  swallowed = 0
  readonly #decoder: Decoder<unknown>
  readonly #reader = new ProbeReader()
  #scanned = 0
  #scannedFor = -1
  /** Messages in a row that were made of no bytes. */
  #ofNothing = 0

  constructor(codec: Codec<unknown, never>, options: DriveOptions) {
    super(options)
    this.#decoder = codec.decoder()
  }

  /** What the reader was asked for, in all. */
  get operations(): number {
    return this.#reader.operations
  }

  protected override get hasEnd(): boolean {
    return this.#decoder.end !== undefined
  }

  protected override step(lent: Lent, ending: boolean): number {
    const reader = this.#reader
    reader.reset(lent.memory, lent.start, lent.end, this.#scanned, this.#scannedFor)
    while (this.#one(lent, ending)) this.overwrite(lent, reader.position)
    const place = reader.suspend()
    this.#scanned = place.scanned
    this.#scannedFor = place.scannedFor
    this.need = place.needed
    return place.position
  }

  /** Asks for one message; false when there is none, or nothing may follow. */
  #one(lent: Lent, ending: boolean): boolean {
    const reader = this.#reader
    const before = reader.position
    const hadMore = this.#decoder.pending?.() ?? false
    try {
      const message = ending ? this.#decoder.end?.(reader) : this.#decoder.decode(reader)
      if (message === NEED_MORE) {
        this.swallowed += reader.position - before
        if (this.#decoder.pending?.() === true)
          throw new CodecFault('progress', 'it says that messages are pending, and answers NEED_MORE')
        return false
      }
      this.#ofNothing = reader.position === before ? this.#ofNothing + 1 : 0
      if (this.#ofNothing > (hadMore ? MOST_PENDING : 0))
        throw new CodecFault('progress', 'it makes no progress: a message was made of no bytes')
      this.message(snapshot(this.options.show(message)))
      return true
    } catch (error) {
      return this.#refused(error, lent, before, hadMore)
    }
  }

  /** A frame that was refused begins where the decoder stands, unless it has passed over it. */
  #refused(error: unknown, lent: Lent, before: number, hadMore: boolean): boolean {
    if (error instanceof CodecFault) throw error
    if (error instanceof RangeError && /of \d+ unread bytes/.test(error.message))
      throw new CodecFault('beyond', `it reads beyond the unread bytes: ${error.message}`)
    if (!(error instanceof DecodeError))
      throw new CodecFault('threw', `it threw ${String(error)}, which is no DecodeError`)
    const { position } = this.#reader
    const goesOn = error.recoverable && (hadMore || position > before)
    this.failed(error, this.consumed + (goesOn ? before + error.passed : position) - lent.start, !goesOn)
    return goesOn
  }
}
