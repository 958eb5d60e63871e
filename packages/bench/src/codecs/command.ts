import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { guardChildren } from '../child.js'
import { chooseCores } from '../cores.js'
import { describeMachine, renderMachine } from '../machine.js'
import { paths } from '../paths.js'
import { Progress } from '../progress.js'
import { type DecodingEffort, measureStudy, type StudyResult } from './decoding.js'
import { renderStudy } from './decoding-table.js'
import { type LinearResult, measureLinear, renderLinear } from './linear.js'
import { allStudies } from './studies.js'
import type { Study } from './study.js'

const GROUP = 'codecs'
const LINEAR = 'linear'

function nameOf({ name }: Study): string {
  return `${GROUP}-${name}`
}

/** What can be selected here, for a list. */
export function listStudies(): readonly (readonly [name: string, title: string])[] {
  const studies = allStudies().map((study) => [nameOf(study), study.title] as const)
  return [...studies, [LINEAR, 'one long frame in pieces of 16 bytes, of three sizes']]
}

/** Whether a word selects studies: the group or the name of one. */
export function selectsStudy(word: string): boolean {
  return word === GROUP || word === LINEAR || allStudies().some((study) => nameOf(study) === word)
}

/** Measures what the words select, and answers whether all subjects worked. */
export async function runStudies(words: readonly string[], effort: DecodingEffort): Promise<boolean> {
  guardChildren()
  const cores = chooseCores()
  const machine = describeMachine(cores)
  const progress = new Progress()
  const results: StudyResult[] = []
  const chosen = [...allStudies().entries()].filter(([, study]) =>
    words.some((word) => [GROUP, nameOf(study)].includes(word))
  )
  process.stdout.write(`${renderMachine(machine)}\n`)
  for (const [count, [index, study]] of chosen.entries()) {
    progress.begin(`[${count + 1}/${chosen.length}] ${nameOf(study)}`)
    const result = await measureStudy(study, index, effort, cores, progress)
    progress.clear()
    process.stdout.write(`${renderStudy(result, effort.rounds)}\n`)
    results.push(result)
  }
  const linear = words.includes(LINEAR) ? measureGrowth(effort.rounds, progress) : []
  console.log(conclude(results, linear))
  console.log(`results: ${relative(process.cwd(), writeStudies(machine, effort, results, linear))}`)
  return results.every(({ cases }) => cases.every(({ subjects }) => subjects.every(({ failed }) => failed === null)))
}

function measureGrowth(rounds: number, progress: Progress): readonly LinearResult[] {
  progress.begin(LINEAR)
  const linear = measureLinear(rounds, progress)
  progress.clear()
  process.stdout.write(`${renderLinear(linear)}\n`)
  return linear
}

function conclude(results: readonly StudyResult[], linear: readonly LinearResult[]): string {
  const verdicts = [...results.flatMap(({ cases }) => cases.flatMap(({ targets }) => targets)), ...linear]
  const passed = verdicts.filter((verdict) => verdict.passed).length
  return `targets: ${passed} passed, ${verdicts.length - passed} failed`
}

function writeStudies(
  machine: object,
  effort: DecodingEffort,
  studies: readonly StudyResult[],
  linear: readonly LinearResult[]
): string {
  const when = new Date().toISOString()
  const file = join(paths.results, `codecs-${when.replace(/[:.]/g, '-')}.json`)
  mkdirSync(paths.results, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ when, machine, effort, studies, linear }, null, 2)}\n`)
  return file
}
