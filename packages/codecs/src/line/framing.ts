import { type ByteReader, type ByteWriter, DecodeError, type Framing, type FramingPlan } from '@shiny/core/codec'
import { find, placeOf } from '../framers/content.js'
import { type Mark, markCutter, readMarked } from '../framers/mark-cutter.js'
import { type Alone, unframeable } from '../framers/refusals.js'
import type { LineSettings } from './options.js'

const LF = 0x0a
const CR = 0x0d

/** The error for a line that is longer than `maxLength` bytes. */
export function lineTooLong(maxLength: number, alone?: Alone): DecodeError {
  return new DecodeError('ERR_FRAME_TOO_LONG', `a line is longer than ${maxLength} bytes`, alone)
}

const returned = (src: ByteReader, feed: number): boolean => feed > 0 && src.u8(feed - 1) === CR

const marks: Record<LineSettings['newline'], Mark> = {
  any: {
    last: LF,
    sizeAt: (src, at) => (returned(src, at) ? 2 : 1),
    begun: (src) => (returned(src, src.length) ? 1 : 0)
  },
  lf: { last: LF, sizeAt: () => 1, begun: () => 0 },
  crlf: {
    last: LF,
    sizeAt: (src, at) => (returned(src, at) ? 2 : 0),
    begun: (src) => (returned(src, src.length) ? 1 : 0)
  }
}

/**
 * How lines are told apart. The cutter is the reference, with which the native plan `line` must agree. The plan knows nothing of frames that
 * are dropped as they come, so that it is left out where the options ask for it.
 */
export function lineFraming(settings: LineSettings): Framing {
  const { newline, maxLength, oversize, trailing } = settings
  const cuts = { mark: marks[newline], oversize, trailing, tooLong: lineTooLong }
  return {
    name: 'line',
    maxLength,
    maxBuffered: maxLength + 2 + 64 * 1024,
    cutter: () => markCutter(cuts),
    wrapper: {
      open: () => undefined,
      close: (dst, _frame, content) => endLine(dst, content, settings)
    },
    ...(oversize === 'close' && { native: planOf(settings) })
  }
}

/** Ends the line that begins at `content`, unless the peer would read it as another. */
function endLine(dst: ByteWriter, content: number, { newline, ending }: LineSettings): void {
  const start = placeOf(dst, content)
  const end = start + dst.length - content
  if (find(dst.memory, LF, start, end) !== -1) throw hasLineFeed()
  if (ending === '\r\n') dst.u8(CR)
  else if (newline !== 'lf' && end > start && dst.memory[end - 1] === CR) throw losesReturn()
  dst.u8(LF)
}

/** The error for a line that its peer would read as several. */
export function hasLineFeed() {
  return unframeable('a line to be sent contains a line feed')
}

/** The error for a line whose end its peer would drop. */
export function losesReturn() {
  return unframeable('a line to be sent ends in a carriage return, which the peer would take for a part of its ending')
}

function planOf({ newline, maxLength }: LineSettings): FramingPlan {
  return {
    plan: Object.freeze({ kind: 'line', newline, maxLength }),
    read: readMarked,
    refuse: (_reason, detail) => lineTooLong(detail)
  }
}
