import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { guardChildren } from './child.js'
import { choose, listing, wordsOf } from './choice.js'
import { runStudies, selectsStudy } from './codecs/command.js'
import { helpText, numberOf, parseFlags, runCommand, UsageError } from './command-line.js'
import { cannotMeasure } from './measure.js'
import { compilePrograms } from './programs.js'
import { Progress } from './progress.js'
import { publish } from './publish.js'
import { renderGrowth } from './report/growth.js'
import { plotResults } from './report/plot.js'
import { renderTargets } from './report/text.js'
import type { Effort } from './rounds.js'
import { hasFailed, loadRun, measureRun, type Run, saveRun } from './run.js'
import type { Scenario } from './scenario.js'
import { allScenarios, targetConnections } from './scenarios.js'

const flags = {
  only: { value: 'NAMES', help: 'scenarios or groups of them, separated by commas; see --list' },
  rounds: { value: 'N', help: 'interleaved rounds', default: '5' },
  connections: { value: 'N', help: 'connections, where a scenario does not say', default: `${targetConnections}` },
  messages: { value: 'N', help: 'messages of a run, in place of --seconds' },
  seconds: { value: 'S', help: 'about how long a run takes with the first peer', default: '1.5' },
  plot: { value: 'FILE', help: 'draw the results as an SVG' },
  publish: { help: 'write tables and plots into docs/ and README.md, where all of their scenarios were measured' },
  from: { value: 'FILE', help: 'take the results of an earlier run, its JSON, instead of measuring' },
  list: { help: 'list scenarios and peers' },
  help: { help: 'show this' }
} as const

/** How many of `--seconds` a measurement of `codecs` takes: it has no sockets that have to come to rest. */
const STUDY_SHARE = 1 / 15

const usage =
  'npm run bench -- [flags]\n\nAll targets take less than twenty minutes, growth ten more; nothing else should run.'

async function measure(chosen: readonly Scenario[], effort: Effort): Promise<Run> {
  const obstacle = cannotMeasure()
  if (obstacle !== null) throw new Error(obstacle)
  guardChildren()
  compilePrograms()
  const run = await measureRun(chosen, effort, new Progress())
  console.log(`results: ${relative(process.cwd(), saveRun(run))}\n`)
  return run
}

async function main(): Promise<number> {
  const given = parseFlags(flags, process.argv.slice(2))
  if (given.help) {
    console.log(helpText(usage, flags))
    return 0
  }
  const effort: Effort = {
    rounds: numberOf('rounds', given.rounds, 1, 100),
    messages: given.messages === undefined ? null : numberOf('messages', given.messages, 1, 1e9),
    seconds: numberOf('seconds', given.seconds, 0.05, 60, false)
  }
  const words = wordsOf(given.only)
  if (!given.list && words.some(selectsStudy)) {
    const studies = words.filter(selectsStudy)
    if (studies.length < words.length) throw new UsageError('--only: codecs are measured by themselves')
    const { rounds, seconds } = effort
    return (await runStudies(studies, { rounds, seconds: seconds * STUDY_SHARE })) ? 0 : 1
  }
  const scenarios = allScenarios(numberOf('connections', given.connections, 1, 5000))
  if (given.list) {
    process.stdout.write(listing(scenarios))
    return 0
  }

  const run = given.from === undefined ? await measure(choose(scenarios, given.only), effort) : loadRun(given.from)
  process.stdout.write(`${renderGrowth(run.scenarios)}${renderTargets(run.scenarios)}`)
  if (given.plot !== undefined) {
    writeFileSync(given.plot, plotResults(run.scenarios))
    console.log(`plot: ${given.plot}`)
  }
  if (given.publish) {
    const pieces = publish(run, scenarios)
    for (const piece of pieces) console.log(`published: ${piece}`)
    if (pieces.length === 0) console.log('published: nothing, since scenarios are missing')
  }
  // A missed target is a finding; a peer that does not work is an error.
  return hasFailed(run) ? 1 : 0
}

await runCommand('bench', main)
