import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { guardChildren } from './child.js'
import { listStudies, runStudies, selectsStudy } from './codecs/command.js'
import { helpText, numberOf, parseFlags, runCommand, UsageError } from './command-line.js'
import { chooseCores } from './cores.js'
import { describeMachine, type Machine, renderMachine } from './machine.js'
import { cannotMeasure } from './measure.js'
import { paths } from './paths.js'
import { peers } from './peers.js'
import { compilePrograms } from './programs.js'
import { Progress } from './progress.js'
import { plotResults } from './report/plot.js'
import { renderScenario, renderTargets } from './report/text.js'
import { type Judged, judge } from './result.js'
import { type Effort, measureScenario } from './rounds.js'
import type { Scenario } from './scenario.js'
import { allScenarios, selects, targetConnections } from './scenarios.js'

const flags = {
  only: { value: 'NAMES', help: 'scenarios or groups of them, separated by commas; see --list' },
  rounds: { value: 'N', help: 'interleaved rounds', default: '5' },
  connections: { value: 'N', help: 'connections, where a scenario does not say', default: `${targetConnections}` },
  messages: { value: 'N', help: 'messages of a run, in place of --seconds' },
  seconds: { value: 'S', help: 'about how long a run takes with the first peer', default: '1.5' },
  plot: { value: 'FILE', help: 'draw the results as an SVG' },
  list: { help: 'list scenarios and peers' },
  help: { help: 'show this' }
} as const

/** How many of `--seconds` a measurement of `codecs` takes: it has no sockets that have to come to rest. */
const STUDY_SHARE = 1 / 15

function choose(scenarios: readonly Scenario[], only: string | undefined): readonly Scenario[] {
  if (only === undefined) return scenarios.filter(({ extra }) => !extra)
  const words = only.split(',').map((word) => word.trim())
  for (const word of words) {
    if (!scenarios.some((scenario) => selects(word, scenario))) {
      throw new UsageError(`--only: there is no scenario or group "${word}"; see --list`)
    }
  }
  return scenarios.filter((scenario) => words.some((word) => selects(word, scenario)))
}

function list(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  const groups = [...new Set(scenarios.flatMap(({ tags }) => tags))]
  const rows = Object.values(peers).map(({ name, title, absent }) => {
    const missing = absent()
    return `  ${name.padEnd(width)}  ${title}${missing === null ? '' : ` (absent: ${missing})`}`
  })
  const linesOf = (some: readonly Scenario[]) => some.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`)
  const usual = linesOf(scenarios.filter(({ extra }) => !extra))
  const extra = linesOf(scenarios.filter(({ extra }) => extra))
  const studies = listStudies().map(([name, title]) => `  ${name.padEnd(width)}  ${title}`)
  return [
    'scenarios:',
    ...usual,
    '',
    'more, when they are named:',
    ...extra,
    '',
    'decoders beside packages, when named or by "codecs":',
    ...studies,
    '',
    `groups: ${groups.join(', ')}`,
    '',
    'peers:',
    ...rows,
    ''
  ].join('\n')
}

function writeResults(machine: Machine, effort: Effort, scenarios: readonly Judged[]): string {
  const when = new Date().toISOString()
  const file = join(paths.results, `${when.replace(/[:.]/g, '-')}.json`)
  mkdirSync(paths.results, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ when, machine, effort, scenarios }, null, 2)}\n`)
  return file
}

async function main(): Promise<number> {
  const given = parseFlags(flags, process.argv.slice(2))
  if (given.help) {
    console.log(helpText('npm run bench -- [flags]', flags))
    return 0
  }
  const effort: Effort = {
    rounds: numberOf('rounds', given.rounds, 1, 100),
    messages: given.messages === undefined ? null : numberOf('messages', given.messages, 1, 1e9),
    seconds: numberOf('seconds', given.seconds, 0.05, 60, false)
  }
  const words = given.only?.split(',').map((word) => word.trim()) ?? []
  if (!given.list && words.some(selectsStudy)) {
    const studies = words.filter(selectsStudy)
    if (studies.length < words.length) throw new UsageError('--only: codecs are measured by themselves')
    const { rounds, seconds } = effort
    return (await runStudies(studies, { rounds, seconds: seconds * STUDY_SHARE })) ? 0 : 1
  }
  const scenarios = allScenarios(numberOf('connections', given.connections, 1, 5000))
  const chosen = choose(scenarios, given.only)
  if (given.list) {
    process.stdout.write(list(scenarios))
    return 0
  }
  const obstacle = cannotMeasure()
  if (obstacle !== null) throw new Error(obstacle)
  guardChildren()
  compilePrograms()

  const cores = chooseCores()
  const machine = describeMachine(cores)
  const progress = new Progress()
  const results: Judged[] = []
  process.stdout.write(`${renderMachine(machine)}\n`)
  for (const [i, scenario] of chosen.entries()) {
    progress.begin(`[${i + 1}/${chosen.length}] ${scenario.name}`)
    const result = await measureScenario(scenario, effort, cores, progress)
    const judged = { ...result, targets: judge(scenario, result) }
    progress.clear()
    process.stdout.write(`${renderScenario(judged, effort.rounds)}\n`)
    results.push(judged)
  }
  process.stdout.write(renderTargets(results))
  console.log(`results: ${relative(process.cwd(), writeResults(machine, effort, results))}`)
  if (given.plot !== undefined) {
    writeFileSync(given.plot, plotResults(results))
    console.log(`plot: ${given.plot}`)
  }
  // A missed target is a finding; a peer that does not work is an error.
  return results.some(({ peers: all }) => all.some(({ failed }) => failed !== null)) ? 1 : 0
}

await runCommand('bench', main)
