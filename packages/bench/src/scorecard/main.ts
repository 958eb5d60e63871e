import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { bytes } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { guardChildren } from '../child.js'
import { helpText, numberOf, parseFlags, runCommand, UsageError } from '../command-line.js'
import { type Cores, chooseCores } from '../cores.js'
import { describeMachine } from '../machine.js'
import { cannotMeasure } from '../measure.js'
import { compilePrograms } from '../programs.js'
import { Progress } from '../progress.js'
import { descriptorLimit, renderHeader, renderLine, renderTable } from './report.js'
import type { Row } from './row.js'
import { rows } from './rows.js'
import { measureRow, type Result } from './run.js'
import type { Setting } from './stage.js'

const flags = {
  only: { value: 'NAMES', help: 'figures, separated by commas; see --list' },
  seed: { value: 'N', help: 'for whatever is left to chance; without it the time chooses' },
  quick: { help: 'small sizes, about two minutes: whether it works, not how well' },
  json: { value: 'FILE', help: 'also write all figures to a file' },
  list: { help: 'list the figures and their bars' },
  help: { help: 'show this' }
} as const

function choose(only: string | undefined): readonly Row[] {
  if (only === undefined) return rows
  const names = only.split(',').map((name) => name.trim())
  for (const name of names) {
    if (!rows.some((row) => row.name === name)) {
      throw new UsageError(`--only: there is no figure "${name}"; see --list`)
    }
  }
  return rows.filter(({ name }) => names.includes(name))
}

function list(): string {
  const width = Math.max(...rows.map(({ name }) => name.length))
  return rows.map(({ name, bar }) => `  ${name.padEnd(width)}  ${bar}`).join('\n')
}

/** The clients of this process keep to the core of the load, as the C programs do. */
function keepToCore(cores: Cores | null): void {
  if (cores !== null) spawnSync('taskset', ['-acp', `${cores.load}`, `${process.pid}`])
}

/** The reactor that the servers under test will have. */
function backend(): string {
  process.env.SHINY_REACTOR ??= 'native'
  class Silent extends Connection {
    override onMessage(): void {}
  }
  const { kind, backend } = new Server({ codec: bytes(), connection: Silent }).reactor
  return `${kind} on ${backend}`
}

async function main(): Promise<number> {
  const given = parseFlags(flags, process.argv.slice(2))
  if (given.help || given.list) {
    console.log(given.help ? helpText('npm run scorecard -- [flags]', flags) : list())
    return 0
  }
  const seed = given.seed === undefined ? Date.now() % 1e6 : numberOf('seed', given.seed, 0, 2 ** 31 - 2)
  const chosen = choose(given.only)
  const obstacle = cannotMeasure()
  if (obstacle !== null) throw new Error(obstacle)
  guardChildren()
  compilePrograms()

  const cores = chooseCores()
  keepToCore(cores)
  const machine = describeMachine(cores)
  const circumstances = { seed, quick: given.quick, backend: backend(), descriptorLimit: descriptorLimit() }
  const progress = new Progress()
  const setting: Setting = { seed, quick: given.quick, cores, progress }
  process.stdout.write(`${renderHeader(machine, circumstances)}\n`)
  const begun = performance.now()
  const results: Result[] = []
  for (const [i, row] of chosen.entries()) {
    const result = await measureRow(row, setting)
    results.push(result)
    progress.begin(`[${i + 1}/${chosen.length}]`)
    progress.note(renderLine(result))
  }
  process.stdout.write(renderTable(results))
  console.log(`in ${Math.round((performance.now() - begun) / 1000)} s`)
  if (given.json !== undefined) {
    const when = new Date().toISOString()
    writeFileSync(given.json, `${JSON.stringify({ when, machine, ...circumstances, results }, null, 2)}\n`)
  }
  return results.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0
}

await runCommand('scorecard', main)
