import type { Sample } from './measure.js'
import type { PeerName } from './peers.js'
import type { Scenario } from './scenario.js'
import { medianOf, type Spread, spreadOf } from './statistics.js'

/** How one peer did in one scenario. */
export interface PeerResult {
  readonly name: PeerName
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
  readonly unit: string
  readonly messages: number
  readonly peers: readonly PeerResult[]
}

/** The medians over all rounds. */
export interface Summary {
  readonly cpu: Spread
  readonly perSecond: Spread
  readonly p50: number | null
  readonly p99: number | null
  readonly p999: number | null
}

/** What is told of a peer; null when there is nothing to tell. */
export function summarize({ samples, failed }: PeerResult): Summary | null {
  if (samples.length === 0 || failed !== null) return null
  return {
    cpu: spreadOf(samples.map((sample) => sample.cpu)),
    perSecond: spreadOf(samples.map((sample) => sample.perSecond)),
    p50: medianOf(samples.map((sample) => sample.p50)),
    p99: medianOf(samples.map((sample) => sample.p99)),
    p999: medianOf(samples.map((sample) => sample.p999))
  }
}

/** One target beside what was measured; `ratio` is null when one of the two peers has no figures. */
export interface Verdict {
  readonly of: PeerName
  readonly against: PeerName
  readonly atMost: number
  /** The ratio of the medians, within the ratios of the single rounds. */
  readonly ratio: Spread | null
  readonly passed: boolean | null
}

/** Holds a scenario's targets against its results. */
export function judge(scenario: Scenario, result: ScenarioResult): Verdict[] {
  return scenario.targets.map((target) => {
    const of = result.peers.find(({ name }) => name === target.of)
    const against = result.peers.find(({ name }) => name === target.against)
    const mine = of && summarize(of)
    const theirs = against && summarize(against)
    if (!mine || !theirs) return { ...target, ratio: null, passed: null }
    // The two samples of a round were taken side by side, so what disturbed both drops out of their ratio.
    const rounds = of.samples.map((sample, i) => sample.cpu / (against.samples[i]?.cpu ?? Number.NaN))
    const ratio = { ...spreadOf(rounds), median: mine.cpu.median / theirs.cpu.median }
    return { ...target, ratio, passed: ratio.median <= target.atMost }
  })
}
