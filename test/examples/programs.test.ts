// The examples as commands: flags, the line they print, signals, and what they say when they cannot serve.
import t from 'tap'
import { freePort, portIn, startExample, startServer } from './support/program.js'
import { dial } from './support/wire.js'

const servers = ['echo-server', 'redis-server', 'chat', 'json-rpc', 'upgrade', 'websocket-chat']
const programs = [...servers, 'echo-serve', 'tcp-proxy']
/** Flags are read by one function for all programs, so that one of them is shown every kind of mistake. */
const mistakes = [['--port', '65536'], ['--colour', 'red'], ['word'], ['--port', 'x'], ['--port'], ['--port='], ['-x']]

for (const name of programs) {
  t.test(`${name} explains its flags`, async (t) => {
    const { code, stdout, stderr } = await startExample(t, name, '--help').ended
    t.equal(code, 0)
    t.match(stdout, `Usage: ${name}`)
    t.match(stdout, /--port PORT .*\(default: \d+\)/)
    t.equal(stderr, '')
  })

  for (const args of name === 'echo-server' ? mistakes : mistakes.slice(0, 3)) {
    t.test(`${name} refuses ${args.join(' ')}`, async (t) => {
      const { code, stdout, stderr } = await startExample(t, name, ...args).ended
      t.equal(code, 2)
      t.equal(stdout, '')
      t.match(stderr, new RegExp(`^${name}: [^\n]+\n$`), 'one line')
    })
  }
}

for (const name of servers) {
  t.test(`${name} prints one line, and stops on SIGTERM and SIGINT`, async (t) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const program = startExample(t, name, '--port', '0')
      const line = await program.line()
      t.match(
        line,
        new RegExp(`^${name}: listening on 127\\.0\\.0\\.1:\\d+ \\((native, (epoll|kqueue)|portable, node:net)\\)$`)
      )
      const wire = await dial(t, portIn(line))
      program.kill(signal)
      await wire.rest()
      wire.end()
      const { code, stdout, stderr } = await program.ended
      t.equal(code, 0, signal)
      t.equal(stdout, `${line}\n`, 'nothing else is printed')
      t.equal(stderr, '')
    }
  })

  t.test(`${name} says when the port is in use`, async (t) => {
    const { port } = await startServer(t, name)
    const { code, stdout, stderr } = await startExample(t, name, '--port', String(port)).ended
    t.equal(code, 1)
    t.equal(stdout, '')
    t.match(stderr, new RegExp(`^${name}: cannot listen on 127\\.0\\.0\\.1:${port}: [^\n]+\n$`))
  })

  t.test(`${name} says when the host cannot be used`, async (t) => {
    const { code, stderr } = await startExample(t, name, '--port', '0', '--host', '192.0.2.1').ended
    t.equal(code, 1)
    t.match(stderr, new RegExp(`^${name}: [^\n]+\n$`))
  })
}

t.test('echo-serve stops on a signal, and says when the port is in use', async (t) => {
  const port = await freePort()
  const program = startExample(t, 'echo-serve', '--port', String(port))
  t.equal(await program.line(), `echo server started on port ${port}`)
  const second = await startExample(t, 'echo-serve', '--port', String(port)).ended
  t.equal(second.code, 1)
  t.match(second.stderr, /^echo-serve: cannot listen on [^\n]+\n$/)
  program.kill('SIGTERM')
  const { code, stdout } = await program.ended
  t.equal(code, 0)
  t.equal(stdout, `echo server started on port ${port}\n`)
})

t.test('a second signal ends a server at once', async (t) => {
  const { program, port } = await startServer(t, 'echo-server')
  // A peer that neither reads nor closes keeps the first stop waiting.
  const wire = await dial(t, port)
  await wire.line()
  wire.pause()
  wire.write(`${'x'.repeat(60_000)}\n`.repeat(20))
  await wire.sent()
  program.kill('SIGTERM')
  program.kill('SIGINT')
  const { code, signal } = await program.ended
  t.equal(code, 1)
  t.equal(signal, null)
})

t.test('the redis-server refuses what it cannot do yet', async (t) => {
  const { code, stderr } = await startExample(t, 'redis-server', '--appendonly', 'yes').ended
  t.equal(code, 2)
  t.match(stderr, /^redis-server: --appendonly yes is not possible yet[^\n]*\n$/)
  const other = await startExample(t, 'redis-server', '--appendonly', 'perhaps').ended
  t.equal(other.code, 2)
  t.match(other.stderr, '--appendonly: expected no or yes, got "perhaps"')
  const program = startExample(t, 'redis-server', '--port', '0', '--appendonly', 'no')
  t.match(await program.line(), 'listening')
})
