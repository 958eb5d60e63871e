// Formats and repairs what a machine can: TypeScript, JavaScript and JSON by Biome, C++ by clang-format where it is installed.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const native = join(root, 'packages', 'native')

process.exitCode = run(process.execPath, [
  join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'),
  'check',
  '--write'
])

if (spawnSync('clang-format', ['--version']).status !== 0)
  console.log('fix: clang-format is not installed; C++ is as it was')
else if (run('clang-format', ['-i', ...sources('src'), ...sources('test')]) !== 0) process.exitCode = 1

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status
}

function sources(folder) {
  return readdirSync(join(native, folder), { recursive: true })
    .filter((name) => /\.(?:cc|h)$/.test(name))
    .map((name) => join(native, folder, name))
}
