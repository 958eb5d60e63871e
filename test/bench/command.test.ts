// Goal: the two commands say what they can do, and refuse what they cannot, before they measure anything.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import t from 'tap'

const bench = dirname(createRequire(import.meta.url).resolve('@shiny/bench/package.json'))

function run(program: 'main' | 'compare', ...flags: string[]) {
  return spawnSync(process.execPath, [join(bench, 'dist', `${program}.js`), ...flags], { encoding: 'utf8' })
}

t.test('the list names every scenario, and the floors among the peers', async (t) => {
  const { status, stdout } = run('main', '--list')
  t.equal(status, 0)
  for (const name of [
    'echo-50x100',
    'resp-p128-set',
    'proxy-1m',
    'latency',
    'start',
    'growth-keys-1000',
    'respFloor'
  ]) {
    t.match(stdout, new RegExp(`^ {2}${name} `, 'm'))
  }
})

t.test('unknown scenarios, wrong numbers and missing revisions are refused', async (t) => {
  for (const [program, ...flags] of [
    ['main', '--only', 'echo,nothing'],
    ['main', '--rounds', '0'],
    ['main', '--nonsense'],
    ['compare'],
    ['compare', 'HEAD', '--fail-above', 'much'],
    ['compare', 'HEAD', '--only', 'nothing']
  ] as const) {
    const { status, stderr } = run(program, ...flags)
    t.equal(status, 2, [program, ...flags].join(' '))
    t.match(stderr, /^bench(:compare)?: [^\n]+\n$/)
  }
})

t.test('the documents have a place for all that a run fills in', async (t) => {
  const text = ['docs/performance.md', 'README.md'].map((file) => readFileSync(join(bench, '..', '..', file), 'utf8'))
  for (const mark of ['targets', 'figures', 'growth', 'main']) {
    t.match(text.join('\n'), new RegExp(`<!-- bench:${mark} -->[^]*<!-- /bench:${mark} -->`))
  }
})
