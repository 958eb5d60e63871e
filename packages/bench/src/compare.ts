import { relative } from 'node:path'
import { guardChildren } from './child.js'
import { choose } from './choice.js'
import { helpText, numberOf, parseCommand, runCommand, UsageError } from './command-line.js'
import { type Checkout, checkOut } from './comparing/checkout.js'
import { differencesOf, renderDifferences, worseThan } from './comparing/difference.js'
import { cannotMeasure } from './measure.js'
import type { Peer } from './peer.js'
import { compilePrograms } from './programs.js'
import { Progress } from './progress.js'
import { hasFailed, measureRun, saveRun } from './run.js'
import type { Scenario } from './scenario.js'
import { allScenarios, targetConnections } from './scenarios.js'

const flags = {
  only: { value: 'NAMES', help: 'scenarios or groups of them, separated by commas; see npm run bench -- --list' },
  rounds: { value: 'N', help: 'interleaved rounds', default: '7' },
  seconds: { value: 'S', help: 'about how long a run takes', default: '1' },
  'fail-above': { value: 'R', help: 'end with code 1 when something became worse by more than this factor' },
  help: { help: 'show this' }
} as const

const usage =
  'npm run bench:compare -- REVISION [flags]\n\nBuilds a revision in a temporary folder and measures it beside this checkout.'

/** The scenario with our own peers alone, each beside the same of the other build. */
function paired(scenario: Scenario, { root, revision }: Checkout): Scenario {
  const peers = scenario.peers.flatMap((peer): Peer[] => {
    const other = peer.of?.(root)
    if (other === undefined) return []
    return [
      { ...peer, title: `${peer.title}, here` },
      { ...other, name: `${peer.name}@${revision}`, title: `${peer.title}, ${revision}` }
    ]
  })
  return { ...scenario, peers, targets: [] }
}

async function main(): Promise<number> {
  const [given, words] = parseCommand(flags, process.argv.slice(2))
  if (given.help) {
    console.log(helpText(usage, flags))
    return 0
  }
  const [name, ...rest] = words
  if (name === undefined || rest.length > 0) throw new UsageError('one revision is needed; see --help')
  const limit = given['fail-above']
  const factor = limit === undefined ? Number.POSITIVE_INFINITY : numberOf('fail-above', limit, 1, 1000, false)
  const effort = {
    rounds: numberOf('rounds', given.rounds, 1, 100),
    messages: null,
    seconds: numberOf('seconds', given.seconds, 0.05, 60, false)
  }
  const chosen = choose(allScenarios(targetConnections), given.only)
  const obstacle = cannotMeasure()
  if (obstacle !== null) throw new Error(obstacle)
  guardChildren()
  compilePrograms()

  const progress = new Progress()
  const other = await checkOut(name, progress)
  const pairs = chosen.map((scenario) => paired(scenario, other)).filter(({ peers }) => peers.length > 0)
  const run = await measureRun(pairs, effort, progress)
  const differences = run.scenarios.flatMap(differencesOf)
  process.stdout.write(renderDifferences(differences, other.revision))
  console.log(`results: ${relative(process.cwd(), saveRun(run))}`)
  const worse = worseThan(differences, factor)
  for (const { scenario, ratio } of worse) console.log(`${scenario} is ${ratio.median.toFixed(2)} of what it was`)
  return worse.length > 0 || hasFailed(run) ? 1 : 0
}

await runCommand('bench:compare', main)
