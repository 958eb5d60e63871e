// Builds everything and runs every test: the C++ ones, the same under sanitizers, and the tap tests of test/.
//
//   node scripts/test.js [--jobs N] [--verbose] [--asan] [PATTERN…]
//
// With patterns, only the tap tests whose path contains one of them. The last line is `N passed, N failed`, and
// `, N skipped` where something was. What counts is what tap counts: every assertion, not the subtests that hold them.
//
// --asan runs the tap tests, of conformance/ unless patterns say otherwise, on the addon under the sanitizers. Left out are those that
// measure time, or count on how processes end: see scripts/sanitizers.js.
//
// A tap test is run as what it is, a program that writes TAP, by node alone. tap's own runner would load hooks into each
// test and, through NODE_OPTIONS, into every server that a test starts: they change how signals end a process and how
// long it takes to start. Tests named `*.alone.test.js` run after the others and one at a time: they measure something.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { prepareSanitizers } from './sanitizers.js'

const FILE_LIMIT_MS = 120_000
/** What stands behind the empty plan of a file that made no assertion and gave no reason for it. */
const NOTHING = 'no tests found'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const compiled = join(root, 'test', 'dist')
const records = join(root, 'build', 'test')

const { values: flags, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string' }, verbose: { type: 'boolean' }, asan: { type: 'boolean' } }
})
const jobs = Number(flags.jobs ?? Math.min(2, availableParallelism()))

const total = { passed: 0, failed: 0, skipped: 0 }
const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of running) killGroup(child)
    process.kill(process.pid, signal)
  })
}
rmSync(records, { recursive: true, force: true })
mkdirSync(records, { recursive: true })

const sanitizers = flags.asan ? prepareSanitizers() : null
if (flags.asan && patterns.length === 0) patterns.push('conformance')

if (sanitizers?.reason) {
  console.log(`# SKIP under sanitizers: ${sanitizers.reason}`)
  total.skipped++
} else if (build()) {
  if (patterns.length === 0) {
    runNative('native')
    runNative('sanitized', '--asan')
  }
  await runTap()
} else total.failed++

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed > 0 || total.passed + total.skipped === 0 ? 1 : 0

/** The tests are of the native reactor unless the environment says otherwise, so that it must be there. */
function build() {
  const portable = process.env.SHINY_REACTOR === 'portable'
  return node([join(root, 'scripts', 'build.js'), ...(portable ? [] : ['--require'])]) === 0
}

/** Runs the C++ tests, whose script leaves its sum in a file. */
function runNative(name, ...args) {
  const report = join(records, `${name}.json`)
  const status = node([join(root, 'packages', 'native', 'scripts', 'test.js'), ...args, '--report', report])
  let sum = { passed: 0, failed: 0, skipped: 0 }
  try {
    sum = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    console.error(`${name}: no result was written`)
  }
  if (status !== 0 && sum.failed === 0) sum.failed = 1
  add(sum)
}

async function runTap() {
  const { Parser } = await import('tap-parser')
  const files = readdirSync(compiled, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .filter((name) => sanitizers === null || !sanitizers.leavesOut(name))
    .filter((name) => patterns.length === 0 || patterns.some((pattern) => name.includes(pattern)))
    .sort()
  if (files.length === 0) {
    console.error('no tap test was found')
    total.failed++
  }
  const alone = files.filter((name) => name.endsWith('.alone.test.js'))
  const together = files.filter((name) => !alone.includes(name))

  const worker = async (queue) => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await runFile(Parser, name)
  }
  await Promise.all(Array.from({ length: jobs }, () => worker(together)))
  await worker(alone)
}

/** Runs one test file and prints a line for it; what failed and what was skipped under it. */
async function runFile(Parser, name) {
  const started = performance.now()
  const sum = { passed: 0, failed: 0, skipped: 0 }
  const skips = []
  const parser = new Parser()
  const onSkip = (result) => {
    sum.skipped++
    skips.push(`  # SKIP ${result.fullname}: ${reasonOf(result)}`)
  }
  parser.on('pass', () => sum.passed++)
  parser.on('fail', () => sum.failed++)
  parser.on('skip', onSkip)
  parser.on('todo', onSkip)

  const { tap, errors, outcome } = await execute(join(compiled, name))
  const results = await new Promise((resolve) => {
    parser.on('complete', resolve)
    parser.end(tap)
  })
  const { skipAll, comment } = results.plan
  if (skipAll && comment !== NOTHING) onSkip({ fullname: 'the whole file', skip: comment })
  const problem = problemOf(outcome, results, sum)
  if (problem !== null && sum.failed === 0) sum.failed = 1
  add(sum)

  const record = join(records, `${name.replace(/\.js$/, '').replaceAll(/[\\/]/g, '-')}.tap`)
  writeFileSync(record, tap)
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const verdict = sum.failed > 0 ? 'not ok' : 'ok'
  const lines = [`${verdict} - ${name} # ${sum.passed} passed, ${sum.failed} failed${skipped}, ${seconds} s`, ...skips]
  if (problem !== null) lines.push(`  # ${problem}`)
  if (sum.failed > 0 || flags.verbose)
    lines.push(tap.trimEnd().replaceAll(/^/gm, '    '), `  # ${relative(root, record)}`)
  if (errors !== '') lines.push(errors.trimEnd())
  console.log(lines.join('\n'))
}

/** Why a file failed as a whole, or null. A program may fail without a failed assertion, and may not assert anything. */
function problemOf(outcome, results, sum) {
  if (outcome !== 0) return typeof outcome === 'number' ? `it ended with code ${outcome}` : `it ended by ${outcome}`
  if (!results.ok) return 'its TAP is not complete'
  if (sum.passed + sum.failed + sum.skipped === 0) return 'it tested nothing'
  return null
}

function reasonOf({ skip, todo }) {
  const reason = skip || todo
  return typeof reason === 'string' && reason !== '' ? reason : 'no reason given'
}

/** Runs a program to its end. `outcome` is the exit code, the signal that ended it, or what the limit did. */
function execute(file) {
  return new Promise((resolve) => {
    // tap gives up after the time in seconds, and tells which of its tests hangs.
    const env = { TAP_TIMEOUT: String(FILE_LIMIT_MS / 1000 - 20), ...process.env, ...sanitizers?.env }
    const options = { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }
    const child = spawn(process.execPath, ['--enable-source-maps', file], options)
    running.add(child)
    let tap = ''
    let errors = ''
    let late = false
    child.stdout.setEncoding('utf8').on('data', (text) => (tap += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
    const timer = setTimeout(() => {
      late = true
      killGroup(child)
    }, FILE_LIMIT_MS)
    // Programs that the test has left behind hold its output open; they end with it.
    child.on('exit', () => killGroup(child))
    child.on('close', (code, signal) => {
      running.delete(child)
      clearTimeout(timer)
      const outcome = late ? `the limit of ${FILE_LIMIT_MS / 1000} s` : (signal ?? code)
      resolve({ tap, errors, outcome })
    })
  })
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status
}

function add(sum) {
  for (const key of Object.keys(total)) total[key] += sum[key]
}
