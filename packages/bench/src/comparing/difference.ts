import { type FigureName, figureKinds } from '../figures.js'
import { compare, type ScenarioResult, spreadFor } from '../result.js'
import type { Spread } from '../statistics.js'
import { figure, layOut } from '../table.js'

/** What one figure became from one build to the other. */
export interface Difference {
  readonly scenario: string
  readonly peer: string
  readonly figure: FigureName
  readonly unit: ScenarioResult['unit']
  readonly before: Spread
  readonly now: Spread
  /** What it is now as a part of what it was. */
  readonly ratio: Spread
  /** 1: more than the spread explains, -1: less, 0: neither. */
  readonly direction: -1 | 0 | 1
}

/** What may always be noise, however narrow the rounds are. */
const blur = 0.02

/** Whether a ratio is beyond 1 in every single round, and by more than a blur. */
export function directionOf({ median, min, max }: Spread): -1 | 0 | 1 {
  if (min > 1 && median > 1 + blur) return 1
  if (max < 1 && median < 1 - blur) return -1
  return 0
}

/** The differences that a scenario shows, whose peers stand in pairs: this build's, the other's. */
export function differencesOf(result: ScenarioResult): readonly Difference[] {
  const main = result.figures[0]!
  const pairs = result.peers.flatMap((now, i) => (i % 2 === 0 ? [{ now, before: result.peers[i + 1]! }] : []))
  return pairs.flatMap(({ now, before }) => {
    const [mine, theirs, ratio] = [spreadFor(now, main), spreadFor(before, main), compare('ratio', now, before, main)]
    if (!mine || !theirs || !ratio) return []
    const names = { scenario: result.name, peer: now.title, figure: main, unit: result.unit }
    return [{ ...names, before: theirs, now: mine, ratio, direction: directionOf(ratio) }]
  })
}

/** What has become of a figure, in a word. */
function verdict({ figure: name, direction }: Difference): string {
  const { more, less } = figureKinds[name]
  return direction === 0 ? 'within the spread' : direction > 0 ? more.toUpperCase() : less
}

/** All differences as a table. */
export function renderDifferences(differences: readonly Difference[], other: string): string {
  if (differences.length === 0) return 'nothing could be compared\n'
  const rows = differences.map((one) => {
    const { scenario, figure: name, unit, before, now, ratio } = one
    const range = `${ratio.min.toFixed(2)}..${ratio.max.toFixed(2)}`
    const figures = [figure(before.median), figure(now.median), ratio.median.toFixed(3), range]
    return [scenario, figureKinds[name].heading(unit), ...figures, verdict(one)]
  })
  const head = ['scenario', 'figure', other, 'here', 'ratio', 'min..max', '']
  const count = (direction: number) => differences.filter((one) => one.direction === direction).length
  const total = `${count(1)} worse, ${count(-1)} better, ${count(0)} within the spread of the rounds`
  return `${layOut([head, ...rows], 2)}\n${total}\n`
}

/** Those that became worse by more than a factor, beyond the spread. */
export function worseThan(differences: readonly Difference[], factor: number): readonly Difference[] {
  return differences.filter(({ direction, ratio }) => direction > 0 && ratio.median > factor)
}
