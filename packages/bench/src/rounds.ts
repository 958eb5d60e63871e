import type { Cores } from './cores.js'
import { type Running, startPeer } from './peer.js'
import { peers } from './peers.js'
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

/** Two significant digits are enough for a number of messages. */
function rounded(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return Math.max(1, Math.round(count / unit) * unit)
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
 * Measures one scenario: all of its peers are started and warmed up, then measured in interleaved rounds A B C A B C,
 * so that what disturbs the machine for a while disturbs all of them.
 */
export async function measureScenario(
  scenario: Scenario,
  effort: Effort,
  cores: Cores | null,
  progress: Progress
): Promise<ScenarioResult> {
  const { load, title } = scenario
  const noLoad = load.absent()
  const results: PeerResult[] = scenario.peers.map((name) => {
    const absent = noLoad ?? peers[name].absent()
    return { name, title: peers[name].title, absent, failed: null, samples: [] }
  })
  const running = new Map<PeerResult, Running>()
  try {
    const rate = await prepare(scenario, results, running, cores, progress)
    const messages = effort.messages ?? rounded(rate * effort.seconds)
    for (let round = 1; round <= effort.rounds; round++) {
      for (const [result, server] of running) {
        if (result.failed !== null) continue
        progress.step(`round ${round} of ${effort.rounds}: ${result.title}`)
        const sample = await attempt(result, progress, `round ${round}`, () => load.run(server, messages, cores?.load))
        if (sample !== null) result.samples.push(sample)
      }
    }
    return { name: scenario.name, title, unit: load.unit, messages, peers: results }
  } finally {
    await Promise.all([...running.values()].map(({ child }) => child.stop()))
  }
}

/** Starts and warms up the peers; answers with the messages per second of the first. */
async function prepare(
  { load }: Scenario,
  results: readonly PeerResult[],
  running: Map<PeerResult, Running>,
  cores: Cores | null,
  progress: Progress
): Promise<number> {
  let rate = 0
  for (const result of results) {
    if (result.absent !== null) continue
    progress.step(`starting ${result.title}`)
    const server = await attempt(result, progress, 'start', () => startPeer(peers[result.name], cores?.server))
    if (server === null) continue
    running.set(result, server)
    progress.step(`warming up ${result.title}`)
    await attempt(result, progress, 'warm-up', async () => {
      const guess = await load.warmUp(server, cores?.load)
      if (rate === 0) rate = (await load.run(server, rounded(guess / 4), cores?.load)).perSecond
    })
  }
  return rate
}
