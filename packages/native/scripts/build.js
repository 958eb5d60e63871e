// Builds the addon with node-gyp and puts it where node-gyp-build looks: build/Release/shiny.node.
//
//   node scripts/build.js [--require] [--asan] [--faults] [--force]
//
// Nothing is done when the binary stands for the present sources and the present node. Where it cannot be built there is
// one line of warning and success, since the portable reactor serves too; with --require that is a failure. --asan builds the
// same with sanitizers, whose runtime must be preloaded into node; --faults links the very same objects with test/faults.cc, which
// makes system calls fail as SHINY_FAULTS says. Those two lie in a folder of their own, build/Asan, build/Faults or
// build/AsanFaults, which node-gyp-build takes from the environment variable @SHINY/NATIVE_PREBUILD.

import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { digest, list, lock, read, root } from './files.js'
import { findCompiler, findHeaders, findMake, findPython, run, supportedPlatform } from './toolchain.js'

const { values: flags } = parseArgs({
  options: {
    require: { type: 'boolean' },
    asan: { type: 'boolean' },
    faults: { type: 'boolean' },
    force: { type: 'boolean' }
  }
})

const configuration = flags.asan ? 'Debug' : 'Release'
const variant = (flags.asan ? 'Asan' : '') + (flags.faults ? 'Faults' : '')
const folder = join(root, 'build', ...(variant === '' ? ['Release'] : [variant, 'build', 'Release']))
const binary = join(folder, 'shiny.node')
const stampFile = join(folder, 'stamp')
const layoutFile = join(root, 'gyp', 'build', 'layout')
const rooms = ['sys', 'reactor', 'backend', 'framing', 'addon']

const sources = rooms.flatMap((room) => list(join('src', room), '.cc'))
const headers = rooms.flatMap((room) => list(join('src', room), '.h'))
const faults = flags.faults ? ['faults.cc', 'faults_of_environment.cc'].map((name) => join(root, 'test', name)) : []
const recipe = [
  ...list('gyp', '.gyp', '.gypi'),
  ...['build.js', 'files.js', 'toolchain.js'].map((name) => join(root, 'scripts', name))
]
const node = [process.version, process.versions.modules, process.platform, process.arch, process.execPath]

const unlock = await lock(join(root, 'build'))
try {
  process.exitCode = build() || !flags.require ? 0 : 1
} finally {
  unlock()
}

/** Makes the binary present and current; false when it cannot be. */
function build() {
  const stamp = digest([...sources, ...headers, ...faults, ...recipe], node, process.env.CXX, process.env.CXXFLAGS)
  if (!flags.force && read(stampFile) === stamp) return true
  rmSync(stampFile, { force: true })

  const tools = findTools()
  if (typeof tools === 'string') return unavailable(tools)

  console.log(
    `native: building ${flags.asan ? 'with sanitizers' : 'the reactor'} (${sources.length} files, ${tools.compiler})`
  )
  const layout = digest(recipe, sources, node, tools)
  if (flags.force || read(layoutFile) !== layout) {
    if (!gyp(tools, 'configure')) return unavailable('node-gyp could not configure it')
    writeFileSync(layoutFile, layout)
  }
  if (!gyp(tools, 'build')) return unavailable('it does not compile (see above)')

  // By renaming: a process that has the old file mapped keeps it whole.
  mkdirSync(folder, { recursive: true })
  if (!flags.faults) copyFileSync(join(root, 'gyp', 'build', configuration, 'shiny.node'), `${binary}.new`)
  else if (!linkWithFaults(tools.compiler)) return unavailable('it cannot be linked with faults (see above)')
  renameSync(`${binary}.new`, binary)
  writeFileSync(stampFile, stamp)
  return true
}

/** Links the objects of the addon with the plan of faults. */
function linkWithFaults(compiler) {
  const objects = sources.map((file) =>
    join('gyp', 'build', configuration, 'obj.target', relative(root, file).replace(/\.cc$/, '.o'))
  )
  const sanitizers = flags.asan ? ['-fsanitize=address,undefined'] : []
  const shared =
    process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-Wl,-z,nodelete']
  const language = ['-std=c++20', '-fPIC', '-O2', '-g', '-fno-exceptions', '-pthread', '-I', 'src', '-I', 'test']
  const args = [...language, ...sanitizers, ...shared, ...faults, ...objects, '-o', `${binary}.new`]
  const { status, stderr } = run(compiler, args, { cwd: root })
  if (stderr) console.error(stderr.trimEnd())
  return status === 0
}

/** All that the build needs, or the reason why it cannot begin. */
function findTools() {
  if (!supportedPlatform) return `there is no backend for ${process.platform}`
  if (sources.length === 0) return 'its sources are not here'
  const compiler = findCompiler()
  if (compiler === null) return 'no C++20 compiler was found'
  const make = findMake()
  if (make === null) return 'GNU make was not found'
  const python = findPython()
  if (python === null) return 'Python 3 was not found'
  let nodeGyp
  try {
    nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js')
  } catch {
    return 'node-gyp is not installed'
  }
  return { compiler, make, python, nodeGyp, headers: findHeaders() }
}

/** Runs one command of node-gyp, silent unless the compiler has something to say. */
function gyp({ compiler, make, python, nodeGyp, headers }, command) {
  const args = [nodeGyp, command, '--directory', 'gyp', `--${configuration.toLowerCase()}`, '--python', python]
  if (headers !== null) args.push('--nodedir', headers)
  const env = { ...process.env, CXX: compiler, MAKE: make, JOBS: 'max' }
  const result = run(process.execPath, args, { cwd: root, env })
  const said = result.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('gyp info'))
  if (said.length > 0) console.error(said.join('\n'))
  return result.status === 0
}

/** Tells why there is no binary, and leaves none that stands for other sources. */
function unavailable(reason) {
  rmSync(binary, { force: true })
  const outcome = flags.require ? 'error' : 'warning'
  const rest = flags.require ? '' : '; the portable reactor will serve instead'
  console.error(`${outcome}: the native reactor cannot be built: ${reason}${rest}`)
  return false
}
