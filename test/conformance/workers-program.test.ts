// Goal: the module that starts a pool is the one that its workers run, and they end with it.
// Method: fixtures/pool-program.ts as a process of its own, which ends in one way or another.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { overReactors } from './driver/reactors.js'

/** Runs the program to its end; its output is sorted, because its threads print it. */
function run(reactor: string, what: string): Promise<{ code: number | null; output: string[]; errors: string }> {
  const file = fileURLToPath(new URL('./fixtures/pool-program.js', import.meta.url))
  const env = { ...process.env, NODE_OPTIONS: '', SHINY_REACTOR: reactor }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, what], { env, timeout: 30_000 }, (_, stdout, stderr) => {
      const output = stdout.split('\n').filter((line) => line !== '')
      resolve({ code: child.exitCode, output: output.sort(), errors: stderr })
    })
  })
}

overReactors((t, reactor) => {
  const workers = reactor === 'native' ? 2 : 1

  for (const [what, code, more] of [
    ['using', 0, ['1 address']],
    ['unref', 0, []],
    ['exit', 7, []],
    ['throw', 1, []],
    ['sigterm', 0, []]
  ] as const) {
    t.test(`the process ends with its threads: ${what}`, async (t) => {
      const ended = await run(reactor, what)
      t.equal(ended.code, code)
      const ofWorkers = (line: string) => /worker,|server/.test(line)
      const expected = [...more, `before, main, ${what}`, `behind, main, ${workers} workers`]
      t.strictSame(
        ended.output.filter((line) => !ofWorkers(line)),
        expected
      )
      // What a thread prints may be lost when it is ended by force.
      const printed = [`before, worker, ${what}`, `before, worker, ${what}`, 'server 0', 'server 1']
      const all = reactor === 'native' && (what === 'using' || what === 'sigterm')
      if (all) t.strictSame(ended.output.filter(ofWorkers), printed)
      else t.ok(ended.output.filter(ofWorkers).every((line) => (printed as string[]).includes(line)))
      if (code !== 0) return
      if (reactor === 'native') t.equal(ended.errors, '')
      else t.match(ended.errors, /ShinyWarning: one worker serves in place of several/)
    })
  }
})
