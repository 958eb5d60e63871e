// Removes all that building, testing and documenting have made.

import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
const made = ['dist', 'build', 'tsconfig.tsbuildinfo']

for (const folder of [...packages, 'test', '.']) for (const name of made) remove(join(folder, name))
for (const name of ['packages/native/gyp/build', 'docs/site', '.tap', '.nx']) remove(name)

function remove(path) {
  rmSync(join(root, path), { recursive: true, force: true })
}
