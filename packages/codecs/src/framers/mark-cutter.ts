import type { ByteReader, DecodeError, FrameBounds, FrameCursor, FrameCutter } from '@shiny/core/codec'
import type { Alone, Oversize } from './refusals.js'

/** What ends a frame. */
export interface Mark {
  /** The last byte of it. */
  readonly last: number
  /** How long the mark is whose last byte is the unread one at `at`; 0 where that byte ends none. */
  readonly sizeAt: (src: ByteReader, at: number) => number
  /** How many of the last unread bytes may be the beginning of a mark. */
  readonly begun: (src: ByteReader) => number
}

/** How frames that end in a mark are cut. */
export interface MarkSettings {
  readonly mark: Mark
  readonly oversize: Oversize
  /** What bytes behind the last mark are at the end of the stream. */
  readonly trailing: 'error' | 'emit'
  readonly tooLong: (maxLength: number, alone?: Alone) => DecodeError
}

/** Reads an entry of a native plan that finds the same: `[end, contentEnd]`. */
export function readMarked(cursor: FrameCursor, bounds: FrameBounds): void {
  const { table, at } = cursor
  bounds.start = cursor.start
  bounds.end = table[at + 1] as number
  cursor.start = table[at] as number
  cursor.at = at + 2
}

/** The cutter of one connection. */
export function markCutter(settings: MarkSettings): FrameCutter {
  const watchesEnd = settings.oversize === 'skip' || settings.trailing === 'emit'
  return watchesEnd ? new EndingMarkCutter(settings) : new MarkCutter(settings)
}

/** Cuts behind each mark. Content is refused as soon as no mark that may still come could make it short enough. */
class MarkCutter implements FrameCutter {
  protected readonly settings: MarkSettings
  /** Whether the unread bytes are the rest of a frame that was refused. */
  protected skipping = false
  /** How many unread bytes end no mark, so that a long frame in small pieces is searched once. */
  #scanned = 0

  constructor(settings: MarkSettings) {
    this.settings = settings
  }

  cut(src: ByteReader, bounds: FrameBounds, maxLength: number): boolean {
    const { mark } = this.settings
    const entered = src.position
    for (;;) {
      const at = src.indexOf(mark.last, this.#scanned)
      if (at === -1) return this.#incomplete(src, entered, maxLength)
      const size = mark.sizeAt(src, at)
      if (size === 0) {
        this.#scanned = at + 1
        continue
      }
      this.#scanned = 0
      const length = at + 1 - size
      if (this.skipping) {
        this.skipping = false
        src.skip(at + 1)
        continue
      }
      if (length > maxLength) throw this.refuse(src, at + 1, entered, maxLength)
      bounds.start = 0
      bounds.end = length
      bounds.total = at + 1
      return true
    }
  }

  keeps(): boolean {
    return this.skipping
  }

  /** Refuses the frame of which `count` bytes are there; where it is skipped, consumes these. `entered` is where the call began. */
  protected refuse(src: ByteReader, count: number, entered: number, maxLength: number): DecodeError {
    const { oversize, tooLong } = this.settings
    if (oversize === 'close') return tooLong(maxLength)
    const passed = src.position - entered
    src.skip(count)
    return tooLong(maxLength, { recoverable: true, passed })
  }

  #incomplete(src: ByteReader, entered: number, maxLength: number): false {
    const { mark, oversize } = this.settings
    const { length } = src
    this.#scanned = length
    if (!this.skipping && length <= maxLength) return false
    // What the mark at the end of the frame may begin with.
    const begun = mark.begun(src)
    if (!this.skipping && length - begun <= maxLength) return false
    const dropped = length - begun
    if (oversize === 'skip') this.#scanned = begun
    if (this.skipping) {
      src.skip(dropped)
      return false
    }
    this.skipping = oversize === 'skip'
    throw this.refuse(src, dropped, entered, maxLength)
  }
}

class EndingMarkCutter extends MarkCutter {
  end(src: ByteReader, bounds: FrameBounds, maxLength: number): boolean {
    const { length } = src
    if (this.skipping) {
      this.skipping = false
      src.skip(length)
      return false
    }
    if (this.settings.trailing === 'error' || length === 0) return false
    if (length > maxLength) throw this.refuse(src, length, src.position, maxLength)
    bounds.start = 0
    bounds.end = length
    bounds.total = length
    return true
  }
}
