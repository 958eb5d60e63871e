import type { Test } from 'tap'
import type { Feed, Outcome } from './feed.js'
import { describePieces, everySplit, latin1 } from './pieces.js'

/** A case of a corpus: bytes, as characters U+0000 to U+00FF, and what must come of them. */
export interface Vector {
  readonly name: string
  readonly bytes: string
  /** The messages, each as the corpus writes it down. */
  readonly messages?: readonly string[]
  /** Code, text and offset of the refusal. */
  readonly refused?: readonly [code: string, text: string, offset: number]
  /** Bytes left over; 0 by default where nothing is refused. */
  readonly left?: number
}

/** Checks that the vector's bytes come to what it says, and do so however they are cut. */
export function checkVector(t: Test, feed: Feed, vector: Vector): void {
  const bytes = latin1(vector.bytes)
  const whole = feed([bytes])
  t.strictSame(summary(whole), expected(vector), vector.name)
  const difference = findDifference(feed, bytes, whole)
  t.equal(difference, undefined, `${vector.name}, in every split`)
}

/** A split after which something else comes of the bytes. */
function findDifference(feed: Feed, bytes: Uint8Array, whole: Outcome): string | undefined {
  const wanted = JSON.stringify(whole)
  for (const pieces of everySplit(bytes)) {
    const got = JSON.stringify(feed(pieces))
    if (got !== wanted) return `${describePieces(pieces)}: ${got}, not ${wanted}`
  }
  return undefined
}

function summary({ messages, refused, left }: Outcome): object {
  return refused === undefined ? { messages, left: left?.bytes } : { messages, refused }
}

function expected({ messages = [], refused, left = 0 }: Vector): object {
  if (refused === undefined) return { messages, left }
  const [code, text, offset] = refused
  return { messages, refused: { code, text, offset } }
}
