// Which share of the lines the tests run: of @shiny/core by c8, of the C++ rooms by gcov.
//
//   node scripts/coverage.js [PATTERN…]
//
// With patterns, only the tap tests whose path contains one of them. What children and worker threads run counts too, unless they
// are killed.

import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const data = join(root, 'build', 'coverage')
const c8 = createRequire(import.meta.url).resolve('c8/bin/c8.js')
const patterns = process.argv.slice(2)
rmSync(data, { recursive: true, force: true })

node([join(root, 'scripts', 'test.js'), ...(patterns.length > 0 ? patterns : ['core/', 'conformance/', 'codecs/'])], {
  NODE_V8_COVERAGE: data
})
const include = ['--src', 'packages/core/src', '--include', 'packages/core/src/**']
node([c8, 'report', '--temp-directory', data, '--reporter', 'text-summary', '--exclude-after-remap', ...include])
node([join(root, 'packages', 'native', 'scripts', 'test.js'), '--coverage'])

function node(args, env = {}) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exitCode = 1
}
