// Goal: docs/scorecard.md and the scorecard speak of the same figures, and its flags are checked.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { read, root } from './support/repository.js'

function scorecard(...flags: string[]) {
  const file = join(root, 'packages', 'bench', 'dist', 'scorecard', 'main.js')
  return spawnSync(process.execPath, [file, ...flags], { encoding: 'utf8' })
}

t.test('docs/scorecard.md has a row for each figure, in their order, and for no other', async (t) => {
  const { status, stdout } = scorecard('--list')
  t.equal(status, 0)
  const names = [...stdout.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name)
  const [, meanings = ''] = read('docs/scorecard.md').split(/^## What the figures mean$|^## One run$/m)
  const rows = [...meanings.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)
  t.ok(names.length > 0)
  t.strictSame(rows, names)
})

t.test('a figure that does not exist and a seed that is none are refused', async (t) => {
  for (const flags of [
    ['--only', 'held,nothing'],
    ['--seed', 'luck']
  ]) {
    const { status, stderr } = scorecard(...flags)
    t.equal(status, 2)
    t.match(stderr, /^scorecard: --/)
  }
})
