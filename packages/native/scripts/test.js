// Compiles and runs the C++ tests: each test/*_test.cc is a program of its own, linked with the rooms that know no Node and
// with the other sources of test/.
//
//   node scripts/test.js [--asan | --coverage] [--only NAME] [--report FILE]
//
// A program ends in `N passed, N failed`; one that ends otherwise counts as a failure. --asan builds and runs the same
// under AddressSanitizer and UndefinedBehaviorSanitizer, where the compiler has them. --coverage also tells which share of
// the lines of each room was run, by gcov. --report writes the sum as JSON.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { list, lock, read, root } from './files.js'
import { canLink, findCompiler, supportedPlatform } from './toolchain.js'

const { values: flags } = parseArgs({
  options: {
    asan: { type: 'boolean' },
    coverage: { type: 'boolean' },
    only: { type: 'string' },
    report: { type: 'string' }
  }
})

const label = flags.asan ? 'native under sanitizers' : 'native'
const folder = join(root, 'build', 'test', flags.asan ? 'asan' : flags.coverage ? 'coverage' : 'plain')
const rooms = ['sys', 'reactor', 'backend', 'framing']
const include = ['-I', 'src', '-I', 'test']
const warnings = ['-Wall', '-Wextra', '-Wno-unused-parameter']
const kqueue = join(root, 'src', 'backend', 'kqueue.cc')
const RUN_LIMIT_MS = 120_000

// The language of the addon. The sanitizers keep type information, which they need to check virtual calls.
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
const plain = flags.coverage ? ['-O0', '--coverage'] : ['-O2', '-g']
const options = flags.asan ? ['-O1', '-g', '-fno-omit-frame-pointer', ...sanitizers] : [...plain, '-fno-rtti']
const language = ['-std=c++20', '-fno-exceptions', '-pthread', ...options]

const total = { passed: 0, failed: 0, skipped: 0 }
await main()
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
if (flags.report !== undefined) writeFileSync(flags.report, JSON.stringify(total))
if (total.failed > 0) process.exitCode = 1

async function main() {
  const compiler = supportedPlatform ? findCompiler() : null
  if (compiler === null)
    return skip(supportedPlatform ? 'no C++20 compiler was found' : `no backend for ${process.platform}`)
  mkdirSync(folder, { recursive: true })
  if (flags.asan && !canLink(compiler, sanitizers, folder)) return skip(`${compiler} has no sanitizers here`)

  const unlock = await lock(folder)
  try {
    const tests = list('test', '_test.cc').filter((file) => !flags.only || basename(file).includes(flags.only))
    if (tests.length === 0) return skip('there are no tests')
    const programs = await build(compiler, tests)
    for (const program of programs) await runProgram(program)
    if (!flags.asan && !flags.only) await checkKqueue(compiler)
    if (flags.coverage) await tellCoverage()
  } finally {
    unlock()
  }
}

/** Compiles what is out of date and links each test; returns the programs that could be built. */
async function build(compiler, tests) {
  const support = list('test', '.cc').filter((file) => !file.endsWith('_test.cc'))
  const engine = [...rooms.flatMap((room) => list(join('src', room), '.cc')), ...support]
  const units = [...engine, ...tests].map((source) => ({ source, object: objectOf(source) }))
  const command = [compiler, ...language, ...include, ...warnings].join(' ')
  const fresh = read(join(folder, 'command')) === command
  writeFileSync(join(folder, 'command'), command)

  const stale = units.filter(({ object }) => !fresh || !upToDate(object))
  if (stale.length > 0) console.log(`${label}: compiling ${stale.length} of ${units.length} files with ${compiler}`)
  const broken = new Set()
  await each(stale, async ({ source, object }) => {
    mkdirSync(dirname(object), { recursive: true })
    const args = [...language, ...include, ...warnings, '-MMD', '-c', relative(root, source), '-o', object]
    if ((await execute(compiler, args)).status !== 0) broken.add(source)
  })
  for (const source of broken) fail(`${relative(root, source)} does not compile`)
  if (engine.some((source) => broken.has(source))) return []

  const objects = engine.map(objectOf)
  const programs = []
  await each(
    tests.filter((test) => !broken.has(test)),
    async (test) => {
      const program = objectOf(test).slice(0, -'.o'.length)
      const inputs = [objectOf(test), ...objects]
      if (
        newerThan(program, inputs) ||
        (await execute(compiler, [...language, ...inputs, '-o', program])).status === 0
      ) {
        programs.push(program)
      } else fail(`${basename(program)} does not link`)
    }
  )
  return programs.sort()
}

/** Runs one test program and adds what it counted. */
async function runProgram(program) {
  const name = basename(program)
  const { status, output } = await execute(program, [], RUN_LIMIT_MS)
  const sums = output.match(/^\d+ passed, \d+ failed/gm)
  const [passed, failed] = (sums?.at(-1) ?? '').match(/\d+/g)?.map(Number) ?? [0, 0]
  total.passed += passed
  total.failed += failed
  if (sums === null) fail(`${name} ended without a sum (${status})`)
  else if (status !== 0 && failed === 0) fail(`${name} counted no failure and ended with ${status}`)
}

/** The kqueue backend against declarations alone, so that it keeps compiling where there is no kqueue. */
async function checkKqueue(compiler) {
  if (!existsSync(kqueue) || !existsSync(join(root, 'test', 'fake', 'sys', 'event.h'))) return
  const args = ['-std=c++20', '-fsyntax-only', '-DSHINY_KQUEUE_CHECK', '-I', 'test/fake', ...include, ...warnings]
  const { status } = await execute(compiler, [...args, relative(root, kqueue)])
  if (status === 0) total.passed++
  else fail('src/backend/kqueue.cc does not compile against test/fake/sys/event.h')
}

/** What share of the lines was run, of each room and of all. */
async function tellCoverage() {
  const rows = []
  for (const room of rooms) {
    const data = list(join('src', room), '.cc').map((source) => objectOf(source).replace(/\.o$/, '.gcda'))
    const { output } = await execute('gcov', ['--no-output', ...data.filter((file) => existsSync(file))], 0, true)
    const files = [...output.matchAll(/File '(src\/[^']+\.cc)'\nLines executed:([\d.]+)% of (\d+)/g)]
    const lines = files.reduce((sum, [, , , count]) => sum + Number(count), 0)
    const run = files.reduce((sum, [, , share, count]) => sum + (Number(share) / 100) * Number(count), 0)
    rows.push({ room, lines, run })
  }
  const all = { room: 'all', lines: sumOf(rows, 'lines'), run: sumOf(rows, 'run') }
  for (const { room, lines, run } of [...rows, all]) {
    console.log(`${room.padEnd(10)} ${((100 * run) / lines).toFixed(1).padStart(5)} % of ${lines} lines`)
  }
}

function sumOf(rows, key) {
  return rows.reduce((sum, row) => sum + row[key], 0)
}

/** Runs a program, passing on what it writes. `status` is the exit code or the name of the signal that ended it. */
function execute(command, args, limitMs = 0, quiet = false) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    const timer = limitMs > 0 ? setTimeout(() => child.kill('SIGKILL'), limitMs) : undefined
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      if (!quiet) process.stdout.write(text)
    })
    child.on('error', (error) => console.error(error.message))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ status: signal ?? code, output })
    })
  })
}

/** Runs `work` over `items`, as many at a time as there are processors. */
async function each(items, work) {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

function objectOf(source) {
  return join(folder, `${relative(root, source).replace(/\.cc$/, '')}.o`)
}

/** Whether an object is newer than every file that the compiler read for it. */
function upToDate(object) {
  const inputs = read(object.replace(/\.o$/, '.d'))
    .replace(/^[^:]*:/, '')
    .split(/[\s\\]+/)
    .filter(Boolean)
  return (
    inputs.length > 0 &&
    newerThan(
      object,
      inputs.map((file) => join(root, file))
    )
  )
}

function newerThan(target, inputs) {
  const made = modified(target)
  return made > 0 && inputs.every((file) => modified(file) <= made && modified(file) > 0)
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function fail(reason) {
  console.error(`${label}: failed: ${reason}`)
  total.failed++
}

function skip(reason) {
  console.log(`${label}: skipped: ${reason}`)
  total.skipped++
}
