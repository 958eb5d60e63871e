// Goal: the suite of behaviours holds while the system interrupts calls, takes half of them and reports what is not so.
// Method: run its files once more on an addon that is linked with a plan of faults (packages/native/test/faults.h). Left out are the
// files that count reads or wakes, which faults change by right, that measure time, or that are about processes and threads.

import { spawn, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { root } from '../project/support/repository.js'

const STORM =
  'all:EINTR:every=3,recv:short=3:every=2,send:short=5:every=2,recv:EAGAIN:every=5,send:EAGAIN:every=7,epoll_wait:none:every=11'

const files = ['accepting', 'codec', 'credentials', 'echo', 'half-close', 'lifecycle', 'limits', 'throwing', 'udp']

const native = join(root, 'packages', 'native')
const compiled = join(dirname(fileURLToPath(import.meta.url)), '..', 'conformance')
const reason = build()

t.test('behaviour does not change in a storm of faults', { skip: reason }, async (t) => {
  for (const file of files) {
    const { code, output } = await run(file, STORM)
    t.equal(code, 0, `${file} passes`)
    if (code !== 0) t.comment(output)
  }
})

t.test('the faults are real', { skip: reason }, async (t) => {
  const { code } = await run('echo', 'recv:EIO:every=1')
  t.not(code, 0, 'nothing is echoed where nothing can be received')
  const { code: unreadable } = await run('echo', 'recv:EWHATEVER:every=1')
  t.not(unreadable, 0, 'a plan that cannot be read is refused')
})

/** Why there is no such addon, or false when there is. */
function build(): string | false {
  if (process.env.SHINY_REACTOR === 'portable') return 'the portable reactor makes no system calls of its own'
  if (process.platform !== 'linux') return 'the storm is planned in calls of Linux'
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(native, 'scripts', 'build.js'), '--faults', '--require'],
    {
      encoding: 'utf8'
    }
  )
  return status === 0 ? false : `the addon with faults cannot be built: ${stderr}`
}

function run(file: string, faults: string): Promise<{ code: number | null; output: string }> {
  const env = {
    ...process.env,
    SHINY_FAULTS: faults,
    SHINY_REACTOR: 'native',
    '@SHINY/NATIVE_PREBUILD': join(native, 'build', 'Faults')
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(compiled, `${file}.test.js`)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('close', (code) => resolve({ code, output }))
  })
}
