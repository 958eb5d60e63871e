// Fuzzes the engine and the framing plans with libFuzzer, under the sanitizers, where clang has it.
//
//   node scripts/fuzz.js [--target kernel|framing] [--time SECONDS] [--input FILE]
//
// Each target runs for the time, 60 seconds unless said otherwise, and goes on from the corpus of the last run, which is kept
// in build/fuzz/corpus. What breaks a rule is left in build/fuzz/findings; --input plays one such file again.

import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { list, root } from './files.js'
import { run } from './toolchain.js'

const { values: flags } = parseArgs({
  options: { target: { type: 'string' }, time: { type: 'string', default: '60' }, input: { type: 'string' } }
})

const folder = join(root, 'build', 'fuzz')
const findings = join(folder, 'findings')
const compiler = process.env.CLANGXX ?? 'clang++'
const language = ['-std=c++20', '-fno-exceptions', '-O1', '-g', '-fno-omit-frame-pointer', '-I', 'src', '-I', 'test']
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']

process.exitCode = await main()

async function main() {
  const targets = list(join('test', 'fuzz'), '_target.cc')
  const wanted = targets.filter((target) => !flags.target || nameOf(target) === flags.target)
  if (wanted.length === 0) return refuse(`there is no such target; there are ${targets.map(nameOf).join(', ')}`)
  if (run(compiler, ['--version']).status !== 0) return refuse(`${compiler} is not installed`)
  mkdirSync(findings, { recursive: true })
  // Only the code of the reactor is counted as covered or not.
  const rooms = ['sys', 'reactor', 'backend', 'framing'].flatMap((room) => list(join('src', room), '.cc'))
  const support = list('test', '.cc').filter((file) => !file.endsWith('_test.cc'))
  const objects = await compileAll([
    ...rooms.map((file) => [file, '-fsanitize=fuzzer-no-link']),
    ...[...support, ...wanted].map((file) => [file])
  ])
  if (objects === null) return 1
  let failed = 0
  for (const target of wanted) {
    const others = wanted.filter((other) => other !== target).map(objectOf)
    const program = join(folder, nameOf(target))
    const inputs = objects.filter((object) => !others.includes(object))
    const linked = spawnSync(compiler, [...sanitizers, '-fsanitize=fuzzer', ...inputs, '-o', program], {
      stdio: 'inherit'
    })
    if (linked.status !== 0) return 1
    failed += (await fuzz(nameOf(target), program)) ? 0 : 1
  }
  return failed > 0 ? 1 : 0
}

/** Runs one target and tells what it came to; false when a rule was broken. */
async function fuzz(name, program) {
  const corpus = join(folder, 'corpus', name)
  mkdirSync(corpus, { recursive: true })
  // Long inputs to begin with: to grow them from nothing takes libFuzzer hours.
  for (let i = 0; i < 64; i++) writeFileSync(join(corpus, `random-${i}`), randomBytes(64 + 40 * i))
  const play = [`-max_total_time=${flags.time}`, '-max_len=4096', '-print_final_stats=1', '-timeout=20', corpus]
  const args = [`-artifact_prefix=${findings}/${name}-`, ...(flags.input ? [flags.input] : play)]
  const { status, output } = await execute(program, args, name)
  const edges = output.match(/\((\d+) inline 8-bit counters\)/)?.[1]
  const covered = [...output.matchAll(/ cov: (\d+) /g)].at(-1)?.[1]
  const executions = output.match(/number_of_executed_units: *(\d+)/)?.[1]
  const share =
    covered && edges ? `${covered} of ${edges} edges (${((100 * covered) / edges).toFixed(1)} %)` : 'no coverage'
  console.log(`${name}: ${executions ?? '?'} executions, ${share}, corpus of ${readdirSync(corpus).length}`)
  if (status === 0) return true
  console.error(`${name}: a rule was broken; the input is in ${relative(root, findings)}`)
  console.error(output.split('\n').slice(-60).join('\n'))
  return false
}

/** Compiles `[file, ...flags]` each; null when one does not compile. */
async function compileAll(units) {
  const queue = [...units]
  let good = true
  const worker = async () => {
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      const [file, ...more] = unit
      mkdirSync(dirname(objectOf(file)), { recursive: true })
      const args = [...language, ...sanitizers, ...more, '-c', relative(root, file), '-o', objectOf(file)]
      good &&= (await execute(compiler, args)).status === 0
    }
  }
  console.log(`fuzz: compiling ${units.length} files with ${compiler}`)
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker))
  return good ? units.map(([file]) => objectOf(file)) : null
}

/** Runs a program to its end. With a name, what it says is kept, and its progress shown now and then. */
function execute(command, args, name) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', name ? 'pipe' : 'inherit'] })
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text
      const pulse = text.match(/^#\d+\tpulse.*/m)
      if (pulse) console.log(`${name}: ${pulse[0]}`)
    })
    child.on('error', (error) => console.error(error.message))
    child.on('close', (code, signal) => resolve({ status: signal ?? code, output }))
  })
}

function nameOf(target) {
  return basename(target).replace(/_target\.cc$/, '')
}

function objectOf(file) {
  return join(folder, `${relative(root, file).replace(/\.cc$/, '')}.o`)
}

function refuse(reason) {
  console.error(`fuzz: ${reason}`)
  return 1
}
