import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { guardChildren } from '../child.js'
import { chooseCores } from '../cores.js'
import { describeMachine, renderMachine } from '../machine.js'
import { paths } from '../paths.js'
import { Progress } from '../progress.js'
import { type DecodingEffort, measureStudy, type StudyResult } from './decoding.js'
import { renderStudy } from './decoding-table.js'
import { allStudies } from './studies.js'
import type { Study } from './study.js'

const GROUP = 'codecs'

function nameOf({ name }: Study): string {
  return `${GROUP}-${name}`
}

/** What can be selected here, for a list. */
export function listStudies(): readonly (readonly [name: string, title: string])[] {
  return allStudies().map((study) => [nameOf(study), study.title])
}

/** Whether a word selects studies: the group or the name of one. */
export function selectsStudy(word: string): boolean {
  return word === GROUP || allStudies().some((study) => nameOf(study) === word)
}

/** Measures the studies that the words select, and answers whether all subjects worked. */
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
  console.log(conclude(results))
  console.log(`results: ${relative(process.cwd(), writeStudies(machine, effort, results))}`)
  return results.every(({ cases }) => cases.every(({ subjects }) => subjects.every(({ failed }) => failed === null)))
}

function conclude(results: readonly StudyResult[]): string {
  const verdicts = results.flatMap(({ cases }) => cases.flatMap(({ targets }) => targets))
  const passed = verdicts.filter((verdict) => verdict.passed).length
  return `targets: ${passed} passed, ${verdicts.length - passed} failed`
}

function writeStudies(machine: object, effort: DecodingEffort, studies: readonly StudyResult[]): string {
  const when = new Date().toISOString()
  const file = join(paths.results, `codecs-${when.replace(/[:.]/g, '-')}.json`)
  mkdirSync(paths.results, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ when, machine, effort, studies }, null, 2)}\n`)
  return file
}
