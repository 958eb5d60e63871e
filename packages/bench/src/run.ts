import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chooseCores } from './cores.js'
import { describeMachine, type Machine, renderMachine } from './machine.js'
import { paths } from './paths.js'
import type { Progress } from './progress.js'
import { renderScenario } from './report/text.js'
import { type Judged, judge } from './result.js'
import { type Effort, measureScenario } from './rounds.js'
import type { Scenario } from './scenario.js'

/** A whole run: what is written as JSON, and what tables and pictures are made of. */
export interface Run {
  readonly when: string
  readonly machine: Machine
  readonly effort: Effort
  readonly scenarios: readonly Judged[]
}

/** Measures scenario after scenario and prints each as soon as it is known. */
export async function measureRun(chosen: readonly Scenario[], effort: Effort, progress: Progress): Promise<Run> {
  const cores = chooseCores()
  const when = new Date().toISOString()
  const machine = describeMachine(cores)
  const scenarios: Judged[] = []
  process.stdout.write(`${renderMachine(machine)}\n`)
  for (const [i, scenario] of chosen.entries()) {
    progress.begin(`[${i + 1}/${chosen.length}] ${scenario.name}`)
    const result = await measureScenario(scenario, effort, cores, progress)
    const judged = { ...result, targets: judge(scenario, result) }
    progress.clear()
    process.stdout.write(`${renderScenario(judged, effort.rounds)}\n`)
    scenarios.push(judged)
  }
  return { when, machine, effort, scenarios }
}

/** Whether a peer that is present did not work. */
export function hasFailed({ scenarios }: Run): boolean {
  return scenarios.some(({ peers }) => peers.some(({ failed }) => failed !== null))
}

/** Writes a run as JSON and answers with the file. */
export function saveRun(run: Run): string {
  const file = join(paths.results, `${run.when.replace(/[:.]/g, '-')}.json`)
  mkdirSync(paths.results, { recursive: true })
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`)
  return file
}

/** Reads what {@link saveRun} has written. */
export function loadRun(file: string): Run {
  return JSON.parse(readFileSync(file, 'utf8')) as Run
}
