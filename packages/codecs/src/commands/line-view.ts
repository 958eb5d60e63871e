import type { RawBuffer } from '@shiny/core/codec'
import { CommandView, UNRESOLVED } from '../resp/command-view.js'
import { splitWords, unquoteWords } from '../resp/inline.js'
import type { NameIndex } from '../resp/name-index.js'
import { Offsets } from '../resp/offsets.js'

/** A request that came as a line of text. It owns its bytes. */
export class LineView extends CommandView {}

/** Splits a line into words as Redis splits inline commands; null where quotes are not balanced. */
export function readLine(line: string, index: NameIndex): LineView | null {
  const view = new LineView(index)
  const words = new Offsets()
  let bytes = Buffer.from(line) as RawBuffer
  const { length } = bytes
  if (!splitWords(bytes, 0, length, words)) {
    words.clear()
    const quoted = bytes
    bytes = Buffer.alloc(length) as RawBuffer
    if (!unquoteWords(quoted, 0, length, bytes, words)) return null
  }
  view.point(bytes, words.words, 0, 0, words.count, UNRESOLVED)
  return view
}
