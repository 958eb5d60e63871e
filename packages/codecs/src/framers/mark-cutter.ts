import type { ByteReader, DecodeError, FrameBounds, FrameCutter } from '@shiny/core/codec'
import type { Oversize } from './refusals.js'

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
  /** The longest content, in bytes. */
  readonly maxLength: number
  readonly oversize: Oversize
  /** What bytes behind the last mark are at the end of the stream. */
  readonly trailing: 'error' | 'emit'
  readonly tooLong: (maxLength: number, recoverable: boolean) => DecodeError
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

  cut(src: ByteReader, bounds: FrameBounds): boolean {
    const { mark, maxLength, oversize } = this.settings
    for (;;) {
      const at = src.indexOf(mark.last, this.#scanned)
      if (at === -1) return this.#incomplete(src)
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
      if (length > maxLength) {
        if (oversize === 'skip') src.skip(at + 1)
        throw this.refusal()
      }
      bounds.start = 0
      bounds.end = length
      bounds.total = at + 1
      return true
    }
  }

  protected refusal(): DecodeError {
    const { maxLength, oversize, tooLong } = this.settings
    return tooLong(maxLength, oversize === 'skip')
  }

  #incomplete(src: ByteReader): false {
    const { mark, maxLength, oversize } = this.settings
    const { length } = src
    const refused = !this.skipping && length > maxLength && length - mark.begun(src) > maxLength
    if (refused && oversize === 'close') throw this.refusal()
    this.#scanned = length
    if (refused || this.skipping) {
      this.skipping = true
      this.#drop(src)
    }
    if (refused) throw this.refusal()
    return false
  }

  /** Keeps of a frame that is skipped what the mark at its end may begin with. */
  #drop(src: ByteReader): void {
    const begun = this.settings.mark.begun(src)
    src.skip(src.length - begun)
    this.#scanned = begun
  }
}

class EndingMarkCutter extends MarkCutter {
  end(src: ByteReader, bounds: FrameBounds): boolean {
    const { length } = src
    if (this.skipping) {
      this.skipping = false
      src.skip(length)
      return false
    }
    const { trailing, maxLength, oversize } = this.settings
    if (trailing === 'error' || length === 0) return false
    if (length > maxLength) {
      if (oversize === 'skip') src.skip(length)
      throw this.refusal()
    }
    bounds.start = 0
    bounds.end = length
    bounds.total = length
    return true
  }
}
