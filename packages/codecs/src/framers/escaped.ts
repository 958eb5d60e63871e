import type { ByteReader, DecodeError, FrameBounds, FrameCutter, RawBuffer } from '@shiny/core/codec'
import { Scratch } from './content.js'
import { type Mark, markCutter } from './mark-cutter.js'
import { type Alone, type Oversize, tooLong } from './refusals.js'

/** How frames are undone that hold something else for each byte of the one that separates them. */
export interface Escaping {
  /** The byte between frames, of which no content has any. */
  readonly separator: number
  /** The most bytes that content of `length` bytes takes. */
  readonly most: (length: number) => number
  /** Whether the frame bytes[start, end) is its content as it stands. */
  readonly isPlain: (bytes: RawBuffer, start: number, end: number) => boolean
  /** Writes the content of the frame bytes[start, end) to the beginning of `target`, which has as much room, and answers its length; -1: it is none. */
  readonly undo: (bytes: RawBuffer, start: number, end: number, target: RawBuffer) => number
  /** The error for a frame that is none. Recoverable, since the next separator is known. */
  readonly broken: (alone: Alone) => DecodeError
}

/** The cutter of one connection. Frames of nothing are passed over. */
export class EscapedCutter implements FrameCutter {
  readonly #escaping: Escaping
  readonly #oversize: Oversize
  readonly #frames: FrameCutter
  readonly #scratch = new Scratch()
  /** How many bytes of empty frames this call has passed over. */
  #passed = 0
  /** The longest content of this call. */
  #maxLength = 0
  readonly end?: NonNullable<FrameCutter['end']>

  constructor(escaping: Escaping, oversize: Oversize) {
    this.#escaping = escaping
    this.#oversize = oversize
    const mark: Mark = { last: escaping.separator, sizeAt: () => 1, begun: () => 0 }
    this.#frames = markCutter({
      mark,
      oversize,
      trailing: 'error',
      tooLong: (_most, alone) => tooLong(this.#maxLength, this.#behind(alone))
    })
    if (this.#frames.end !== undefined) this.end = this.#frames.end.bind(this.#frames)
  }

  cut(src: ByteReader, bounds: FrameBounds, maxLength: number): boolean {
    const entered = src.position
    const most = this.#escaping.most(maxLength)
    this.#maxLength = maxLength
    this.#passed = 0
    for (;;) {
      if (!this.#frames.cut(src, bounds, most)) return false
      if (bounds.total > 1) break
      src.skip(1)
      this.#passed = src.position - entered
    }
    const alone = { recoverable: true, passed: src.position - entered } as const
    const { total } = bounds
    const size = bounds.end - bounds.start
    const start = src.position + bounds.start
    bounds.memory = null
    if (size <= maxLength && this.#escaping.isPlain(src.memory, start, start + size)) return true
    const target = this.#scratch.take(size)
    const length = this.#escaping.undo(src.memory, start, start + size, target)
    if (length === -1) {
      src.skip(total)
      throw this.#escaping.broken(alone)
    }
    if (length > maxLength) {
      if (this.#oversize === 'close') throw tooLong(maxLength)
      src.skip(total)
      throw tooLong(maxLength, alone)
    }
    bounds.start = 0
    bounds.end = length
    bounds.memory = target
    return true
  }

  keeps(): boolean {
    return this.#frames.keeps?.() ?? false
  }

  /** What was passed over before the frames were cut counts too. */
  #behind(alone: Alone | undefined): Alone | undefined {
    return alone && { recoverable: true, passed: this.#passed + alone.passed }
  }
}
