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
