import { ByteWriter, type Codec } from '@shiny/core/codec'
import { Dice } from '../scorecard/dice.js'
import type { Wire } from './study.js'

/** About how many bytes of frames a stream has before it begins anew. */
const STREAM_BYTES = 1024 * 1024
/** A stream has at least so many messages. */
const LEAST = 32

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789 '

/** Makes the messages of a stream, the same ones each time. */
export class Author {
  readonly #dice = new Dice(1)

  /** A whole number below `limit`. */
  below(limit: number): number {
    return this.#dice.roll(limit)
  }

  /** A text of `length` characters of ASCII. */
  text(length: number): string {
    return Array.from({ length }, () => LETTERS[this.below(LETTERS.length)]).join('')
  }

  /** A text of `length` characters, some of which are of two bytes in UTF-8. */
  accented(length: number): string {
    return this.text(length).replace(/[ae]/g, (letter) => (letter === 'a' ? 'ä' : 'é'))
  }

  /** Any bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }
}

/** A stream of what `make` makes, as the codec `like` sends it. */
export function wireOf<Out>(like: Codec<unknown, Out>, make: (author: Author) => Out): Wire {
  const author = new Author()
  const encoder = like.encoder()
  const writer = new ByteWriter()
  const ends: number[] = []
  while (writer.length < STREAM_BYTES || ends.length < LEAST) {
    encoder.encode(make(author), writer)
    ends.push(writer.length)
  }
  return { bytes: Buffer.from(writer.toBytes()), ends }
}

/** The same messages without the first `prefix` bytes of each. */
export function unframed({ bytes, ends }: Wire, prefix: number): Wire {
  const contents = ends.map((end, i) => bytes.subarray((ends[i - 1] ?? 0) + prefix, end))
  return { bytes: Buffer.concat(contents), ends: ends.map((end, i) => end - prefix * (i + 1)) }
}

/** The stream in pieces of `size` bytes; with `wholeFrames` each ends where a message does. Null where that cannot be. */
export function cutWire({ bytes, ends }: Wire, size: number, wholeFrames: boolean): readonly Buffer[] | null {
  const pieces: Buffer[] = []
  let next = 0
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(from + size, bytes.length)
    if (wholeFrames) {
      let end = from
      while (next < ends.length && (ends[next] as number) <= to) end = ends[next++] as number
      if (end === from) return null
      to = end
    }
    pieces.push(bytes.subarray(from, to))
    from = to
  }
  return pieces
}
