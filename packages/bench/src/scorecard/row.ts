import type { Stage } from './stage.js'

/** Whose figure it is: ours on the native reactor, or that of a stock server. */
export type Kind = 'shiny' | 'net'

/** What was measured. */
export interface Figure {
  /** In words, for the table. */
  readonly text: string
  /** Whether it meets the bar. */
  readonly passed: boolean
  /** The numbers behind the words, units last in their names. */
  readonly values: Readonly<Record<string, number>>
}

/** One line of the scorecard. */
export interface Row {
  readonly name: string
  /** What must be true, in words. */
  readonly bar: string
  /** Whether `node:net` can be measured in the same way. */
  readonly beside: boolean
  /** How long one measurement may take at most, in seconds. */
  readonly limit: number
  /** Why it cannot be measured here, or null. */
  readonly obstacle?: () => string | null
  readonly measure: (stage: Stage, kind: Kind) => Promise<Figure>
}

/** Thrown by a row that finds out late that it cannot be measured here; its message says why. */
export class Skip extends Error {}
