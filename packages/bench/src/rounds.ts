import type { Cores } from './cores.js'
import type { Trial } from './loads/load.js'
import { rounded } from './loads/server-load.js'
import type { Progress } from './progress.js'
import type { PeerResult, ScenarioResult } from './result.js'
import type { Scenario } from './scenario.js'

/** How much is measured. */
export interface Effort {
  readonly rounds: number
  /** Messages of each run, or null: as many as take `seconds` with the first peer. */
  readonly messages: number | null
  readonly seconds: number
}

/** Does something with a peer that may fail; a failure takes that peer out and leaves the others in. */
async function attempt<T>(
  result: PeerResult,
  progress: Progress,
  what: string,
  action: () => Promise<T>
): Promise<T | null> {
  try {
    return await action()
  } catch (error) {
    result.failed = `${what}: ${(error as Error).message}`
    progress.note(`${result.name}: ${result.failed}`)
    return null
  }
}

/**
 * Measures one scenario: all of its peers are prepared, then measured in interleaved rounds A B C A B C, so that what disturbs
 * the machine for a while disturbs all of them.
 */
export async function measureScenario(
  scenario: Scenario,
  effort: Effort,
  cores: Cores | null,
  progress: Progress
): Promise<ScenarioResult> {
  const { name, title, load, point } = scenario
  const noLoad = load.absent()
  const results = scenario.peers.map((peer): PeerResult => {
    return { name: peer.name, title: peer.title, absent: noLoad ?? peer.absent(), failed: null, samples: [] }
  })
  const trials = new Map<PeerResult, Trial>()
  try {
    for (const [i, result] of results.entries()) {
      if (result.absent !== null) continue
      progress.step(`preparing ${result.title}`)
      const trial = await attempt(result, progress, 'start', () => load.prepare(scenario.peers[i]!, cores))
      if (trial !== null) trials.set(result, trial)
    }
    const size = sizeOf(scenario, effort, trials)
    for (let round = 1; round <= effort.rounds; round++) {
      for (const [result, trial] of trials) {
        if (result.failed !== null) continue
        progress.step(`round ${round} of ${effort.rounds}: ${result.title}`)
        const sample = await attempt(result, progress, `round ${round}`, () => trial.run(size))
        if (sample !== null) result.samples.push(sample)
      }
    }
    const amount = [...trials.values()].some(({ rate }) => rate !== null) ? size.amount : null
    return { name, title, unit: load.unit, figures: load.figures, amount, peers: results, ...(point && { point }) }
  } finally {
    await Promise.all([...trials.values()].map((trial) => trial.close()))
  }
}

/** How much each run does: as many messages as take the first peer so long, and the rate of the slowest that is compared. */
function sizeOf({ load, targets }: Scenario, effort: Effort, trials: ReadonlyMap<PeerResult, Trial>) {
  const compared = new Set<string | null>(targets.flatMap(({ of, against }) => [of, against]))
  const rates = [...trials].flatMap(([{ name }, { rate }]) => (rate === null ? [] : [{ name, rate }]))
  const first = rates[0]?.rate ?? 0
  const slowest = Math.min(...rates.filter(({ name }) => compared.has(name)).map(({ rate }) => rate))
  const amount = effort.messages ?? rounded(Math.max(load.least ?? 1, first * effort.seconds))
  return { amount, slowest: Number.isFinite(slowest) ? slowest : first }
}
