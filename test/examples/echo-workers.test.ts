// Goal: the echo server on several threads works as a command, however its connections are spread.
// Method: run it as a user does and talk to it.

import { availableParallelism } from 'node:os'
import t from 'tap'
import { portIn, startExample } from './support/program.js'
import { dial } from './support/wire.js'

const portable = process.env.SHINY_REACTOR === 'portable'

for (const balance of ['auto', 'handover']) {
  t.test(`threads share the port: ${balance}`, async (t) => {
    const program = startExample(t, 'echo-workers', '--port', '0', '--threads', '3', '--balance', balance)
    const line = await program.line()
    t.match(line, /^echo-workers: listening on 127\.0\.0\.1:\d+ \(\d threads?\)$/)
    t.match(line, portable ? '(1 thread)' : '(3 threads)')
    const threads = new Set<string>()
    while (threads.size < (portable ? 1 : 3)) {
      const wire = await dial(t, portIn(line))
      wire.write('who\nhello\nquit\n')
      const [thread = '', ...rest] = (await wire.rest()).split('\n')
      t.strictSame(rest, ['hello', 'bye', ''])
      threads.add(thread)
    }
    for (const thread of threads) t.match(thread, /^thread [1-9]\d*$/, 'handlers run in workers alone')
    program.kill('SIGTERM')
    const { code, stdout, stderr } = await program.ended
    t.equal(code, 0)
    t.equal(stdout, `${line}\n`, 'only the main thread prints')
    if (!portable) t.equal(stderr, '')
  })
}

t.test('a thread for each core without being told', async (t) => {
  const program = startExample(t, 'echo-workers', '--port', '0')
  t.match(await program.line(), `(${portable ? 1 : availableParallelism()} thread`)
})

t.test('flags that make no sense', async (t) => {
  for (const args of [
    ['--threads', '0'],
    ['--threads', 'many'],
    ['--balance', 'fair'],
    ['--threads', '1', '--host', 'no.such.host.invalid']
  ]) {
    const { code, stdout, stderr } = await startExample(t, 'echo-workers', ...args).ended
    t.equal(code, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^echo-workers: [^\n]+\n$/, 'one line')
  }
})
