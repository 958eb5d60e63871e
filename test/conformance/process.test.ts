import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { overReactors } from './driver/reactors.js'

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string[]
  readonly errors: string
}

/** Runs a fixture in a process of its own, without what a test runner puts into the environment. */
function run(fixture: string, ...args: string[]): Promise<Ended> {
  const file = fileURLToPath(new URL(`./fixtures/${fixture}.js`, import.meta.url))
  const env = { ...process.env, NODE_OPTIONS: '' }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...args], { env, timeout: 20_000 }, (_error, stdout, stderr) => {
      const output = stdout.split('\n').filter((line) => line !== '')
      resolve({ code: child.exitCode, signal: child.signalCode, output, errors: stderr })
    })
  })
}

const hooks = ['onOpen', 'onMessage', 'onBatchEnd', 'onDrain', 'onWake', 'onEnd', 'onError', 'onClose', 'onTick']

overReactors((t, reactor) => {
  t.test('process.exit in each hook ends the process with its code', { timeout: 60_000 }, async (t) => {
    for (const [i, hook] of [...hooks, 'microtask', 'timer'].entries()) {
      const ended = await run('exiting', reactor, hook, String(i + 3))
      t.strictSame([ended.code, ended.signal, ended.errors], [i + 3, null, ''], hook)
    }
  })

  for (const [what, output] of [
    ['never listened', []],
    ['unref', []],
    ['unref before listen', []],
    ['unref with a connection', ['echo']],
    ['ref after unref', ['still alive']],
    ['two servers', ['still alive']],
    ['listening', ['echo', 'still alive']],
    ['stopped', ['echo']]
  ] as const) {
    t.test(`a process ends by itself: ${what}`, async (t) => {
      t.strictSame(await run('keeping', reactor, what), { code: 0, signal: null, output, errors: '' })
    })
  }

  t.test('an error that nobody handles is a warning, and the server goes on', async (t) => {
    const ended = await run('keeping', reactor, 'a throwing handler without listeners')
    t.strictSame([ended.code, ended.output], [0, ['echo', 'served']])
    t.match(ended.errors, /ShinyWarning: .*not caught by anybody/)
  })

  t.test('SIGTERM ends it as it ends any process', async (t) => {
    const ended = await run('keeping', reactor, 'sigterm')
    t.strictSame([ended.code, ended.signal, ended.output], [null, 'SIGTERM', ['echo']])
  })
})
