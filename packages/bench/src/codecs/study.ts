/** Is given the messages that a decoder makes; lent ones are valid during the call only. */
export interface Sink {
  onMessage(message: unknown): void
}

/** A decoder at work on one stream. */
export interface Feed {
  /** Takes the next piece; the promise, where there is one, says when the next may come. */
  write(piece: Buffer): Promise<void> | undefined
}

/** A stream of frames as it is sent. */
export interface Wire {
  readonly bytes: Buffer
  /** Where each message ends. */
  readonly ends: readonly number[]
}

/** One kind of messages of a study. */
export interface Case {
  readonly name: string
  readonly wire: () => Wire
}

/** One way to decode a stream: ours, or a package's. */
export interface Subject {
  readonly name: string
  /** The package that it stands on, whose version is told; null for ours. */
  readonly from: string | null
  /** Whether its messages are bytes that are not copied: those of a package keep the whole piece in memory, ours are lent. */
  readonly views?: boolean
  /** A package that loses frames which come in pieces is given whole ones, and left out where these are longer than a piece. */
  readonly wholeFrames?: boolean
  /** Makes its stream of the one that the others get, where it has another way to tell messages apart. */
  readonly rewire?: (wire: Wire) => Wire
  readonly open: (sink: Sink) => Promise<Feed>
}

/** One format, and those who decode it. */
export interface Study {
  readonly name: string
  readonly title: string
  readonly cases: readonly Case[]
  /** Ours first. */
  readonly subjects: readonly Subject[]
  /** What a handler does with a message at least: looks at it, so that it has to be made. */
  readonly touch: (message: never) => number
}
