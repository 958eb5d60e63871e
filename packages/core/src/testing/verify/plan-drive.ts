import type { Codec, FrameCursor, FrameReader } from '../../codec/index.js'
import { DecodeError } from '../../errors/index.js'
import { CodecFault } from './codec-fault.js'
import { DecoderDrive } from './decoder-drive.js'
import type { DriveOptions, Lent } from './drive.js'
import { snapshot } from './snapshot.js'

/** A native framing plan at work on bytes alone. */
export interface PlanFramer {
  /** Begins anew, for another stream. */
  reset(): void
  /** Puts the entries of the frames in bytes[start, end) into `table`. */
  frame(
    bytes: Uint8Array,
    start: number,
    end: number,
    table: Int32Array
  ): { count: number; end: number; need: number; reason: number; detail: number; full: boolean }
}

/** Where frames are noted; read before anybody else notes others. */
const TABLE = new Int32Array(16_384)

/** Drives the native plan of a codec, its frame reader with what that finds, and its decoder with what is left at the end. */
export class PlanDrive extends DecoderDrive {
  readonly #framer: PlanFramer
  readonly #frames: FrameReader<unknown>
  readonly #cursor: FrameCursor

  constructor(codec: Codec<unknown, never>, framer: PlanFramer, options: DriveOptions) {
    super(codec, options)
    const { native } = codec
    if (native === undefined) throw new TypeError(`${codec.name} has no native plan`)
    framer.reset()
    this.#framer = framer
    this.#frames = native.frames()
    this.#cursor = { bytes: undefined as never, table: TABLE, at: 0, until: 0, walk: 0, start: 0 }
  }

  protected override step(lent: Lent, ending: boolean): number {
    if (ending) return super.step(lent, true)
    const cursor = this.#cursor
    cursor.bytes = lent.memory
    let from = lent.start
    for (;;) {
      const outcome = this.#framer.frame(lent.memory, from, lent.end, cursor.table)
      const { count, reason, detail, need, full } = outcome
      cursor.at = 0
      cursor.until = count
      cursor.walk++
      cursor.start = from
      while (cursor.at < count && !this.over) this.#read(lent)
      if (this.over) return cursor.start
      from = outcome.end
      if (reason !== 0) {
        this.failed(this.#frames.refuse(reason, detail), this.consumed + from - lent.start, true)
        return from
      }
      if (!full) {
        this.need = need
        return from
      }
      if (count === 0) throw new CodecFault('native', 'a frame does not fit an empty table')
    }
  }

  #read(lent: Lent): void {
    const cursor = this.#cursor
    const { at, start } = cursor
    try {
      this.message(snapshot(this.options.show(this.#frames.read(cursor))))
    } catch (error) {
      if (!(error instanceof DecodeError)) throw new CodecFault('threw', `its frame reader threw ${String(error)}`)
      const goesOn = error.recoverable && cursor.start > start
      this.failed(error, this.consumed + start + (goesOn ? error.passed : 0) - lent.start, !goesOn)
    }
    if (cursor.at <= at) throw new CodecFault('native', 'its frame reader does not move the cursor')
  }
}
