/** The middle of some figures and how far they reach. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The spread of at least one figure. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

/** How much a figure grows from one to the next: the median of the slopes between any two, which outliers hardly move. */
export function slopeOf(figures: readonly number[]): number {
  const slopes = figures.flatMap((from, i) => figures.slice(i + 1).map((to, j) => (to - from) / (j + 1)))
  return spreadOf(slopes).median
}
