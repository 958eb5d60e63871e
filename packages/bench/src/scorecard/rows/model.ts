import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../../child.js'
import { paths } from '../../paths.js'
import { grouped } from '../../table.js'
import type { Row } from '../row.js'

/** The suite's own test of a server against a model of it; here it goes on for longer. */
const test = join(paths.root, 'test', 'dist', 'conformance', 'model.test.js')

/** Anything in any order: writes, ends, resets, pauses, throws, upgrades and stops, on both sides. */
export const model: Row = {
  name: 'model',
  bar: 'random sequences of what both sides may do, for 12 s on each reactor: the server does what its model does in all',
  beside: false,
  limit: 100,
  obstacle: () => (existsSync(test) ? null : 'the tests are not built'),
  async measure(stage) {
    const budget = stage.size(12_000, 2000)
    const seed = stage.dice.roll(1e9)
    stage.step(`${budget / 1000} s on each reactor`)
    // tap gives a file 30 s unless it is told otherwise.
    const env = { SHINY_SEED: `${seed}`, SHINY_BUDGET: `${budget}`, TAP_TIMEOUT: '90' }
    const child = await Child.start([process.execPath, test], env)
    const lines: string[] = []
    for (let line = await child.next(); line !== null; line = await child.next()) lines.push(line)
    const counts = lines.flatMap((line) => /# (\d+) sequences/.exec(line)?.[1] ?? []).map(Number)
    const sequences = counts.reduce((sum, count) => sum + count, 0)
    const failed = lines.filter((line) => /^\s*not ok/.test(line))
    const worked = (await child.ended) === 0 && failed.length === 0
    return {
      text: `${grouped(sequences)} sequences of 40 steps from seed ${seed} on, ${worked ? 'none went wrong' : failed[0]?.trim()}`,
      passed: worked && sequences > 0,
      values: { sequences, failed: failed.length, seed }
    }
  }
}
