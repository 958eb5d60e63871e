// Builds everything: the TypeScript projects, then the native reactor. Quiet when there is nothing to do.
//
//   node scripts/build.js [--require]
//
// --require: fail where the native reactor cannot be built, instead of warning that the portable one will serve.

import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pruneOutput } from './prune.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)

let compiler
try {
  compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
} catch {
  fail('the dependencies are not installed; run `npm ci` first')
}

pruneOutput(root)
step([compiler, '-b', 'tsconfig.json'], 'the TypeScript sources do not compile (see above)')
step([join(root, 'packages', 'native', 'scripts', 'build.js'), ...process.argv.slice(2)], 'the native build failed')

function step(args, problem) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) fail(problem)
}

function fail(problem) {
  console.error(`build: ${problem}`)
  process.exit(1)
}
