import type { FigureName, Sample, Unit } from './figures.js'
import type { Point, Scenario, Target } from './scenario.js'
import { type Spread, spreadOf } from './statistics.js'

/** How one peer did in one scenario. */
export interface PeerResult {
  readonly name: string
  readonly title: string
  /** Why it was not measured, or null. */
  absent: string | null
  /** What went wrong, or null. */
  failed: string | null
  /** One for each round. */
  readonly samples: Sample[]
}

/** How one scenario went. */
export interface ScenarioResult {
  readonly name: string
  readonly title: string
  readonly unit: Unit
  /** In the order of the columns; the first is the main one. */
  readonly figures: readonly FigureName[]
  /** Units that a run was made of; null when runs are of one size. */
  readonly amount: number | null
  readonly peers: readonly PeerResult[]
  readonly point?: Point
}

/** One target beside what was measured. */
export interface Verdict extends Target {
  readonly figure: FigureName
  /** The ratio, difference or value of the medians, within those of the single rounds; null when figures are missing. */
  readonly measured: Spread | null
  readonly passed: boolean | null
  /** What else is to be said, or null. */
  readonly remark: string | null
}

/** A scenario's result beside its targets. */
export interface Judged extends ScenarioResult {
  readonly targets: readonly Verdict[]
}

/** One kind of figure of a peer over all rounds; null when there is nothing to tell. */
export function spreadFor({ samples, failed }: PeerResult, figure: FigureName): Spread | null {
  if (failed !== null) return null
  const known = samples.map((sample) => sample[figure]).filter((value) => value !== undefined)
  return known.length === 0 ? null : spreadOf(known)
}

/** How a target's kind puts a figure and that of the other peer together. */
const measures: Record<Target['kind'], (mine: number, theirs: number) => number> = {
  ratio: (mine, theirs) => mine / theirs,
  difference: (mine, theirs) => mine - theirs,
  value: (mine) => mine
}

/**
 * What the medians of two peers give together, within what the rounds give. The two samples of a round were taken side by side,
 * so what disturbed both drops out. Null when one of them has no figures.
 */
export function compare(
  kind: Target['kind'],
  of: PeerResult | undefined,
  against: PeerResult | undefined,
  figure: FigureName
): Spread | null {
  const mine = of && spreadFor(of, figure)
  const theirs = against && spreadFor(against, figure)
  if (!mine || !theirs) return null
  const measure = measures[kind]
  const rounds = of.samples.flatMap((sample, i) => {
    const [a, b] = [sample[figure], against.samples[i]?.[figure]]
    return a === undefined || b === undefined ? [] : [measure(a, b)]
  })
  const median = measure(mine.median, theirs.median)
  return rounds.length === 0 ? { median, min: median, max: median } : { ...spreadOf(rounds), median }
}

/** What a target that was missed comes to when the floor is looked at, which nobody can undercut. */
function lookAtFloor(target: Target, figure: FigureName, peer: (name: string) => PeerResult | undefined) {
  const floor = target.elseOfFloor?.floor ?? 'floor'
  if (target.kind !== 'ratio' || target.against === null || target.against === floor) return null
  const reach = compare('ratio', peer(floor), peer(target.against), figure)
  if (reach === null || reach.median <= target.atMost) return null
  const beyond = `out of reach here: the floor itself is at ${reach.median.toFixed(2)}`
  const near = compare('ratio', peer(target.of), peer(floor), figure)
  if (target.elseOfFloor === undefined || near === null) return { passed: false, remark: beyond }
  const { atMost } = target.elseOfFloor
  const passed = near.median <= atMost
  return { passed, remark: `${beyond}; ${near.median.toFixed(2)} of the floor, where ${atMost} is allowed` }
}

/** Holds a scenario's targets against its results. */
export function judge(scenario: Pick<Scenario, 'targets'>, result: ScenarioResult): Verdict[] {
  const peer = (name: string) => result.peers.find((other) => other.name === name)
  return scenario.targets.map((target): Verdict => {
    const figure = target.figure ?? result.figures[0]!
    const measured = compare(target.kind, peer(target.of), peer(target.against ?? target.of), figure)
    if (measured === null) return { ...target, figure, measured, passed: null, remark: null }
    if (measured.median <= target.atMost) return { ...target, figure, measured, passed: true, remark: null }
    return { ...target, figure, measured, ...(lookAtFloor(target, figure, peer) ?? { passed: false, remark: null }) }
  })
}
