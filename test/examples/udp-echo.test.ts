// The UDP example as a command: it answers, says what is wrong, and stops on signals.

import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { portIn, startExample, startServer } from './support/program.js'

const noNc = spawnSync('nc', ['-h']).error === undefined ? {} : { skip: 'nc is not installed' }

t.test('answers each datagram with the same datagram', async (t) => {
  const { port } = await startServer(t, 'udp-echo')
  const client = createSocket('udp4')
  t.teardown(() => client.close())
  for (const text of ['hello', '', 'käse', 'x'.repeat(65_507)]) {
    client.send(text, port, '127.0.0.1')
    t.equal(String((await once(client, 'message'))[0]), text)
  }
})

t.test('answers nc', noNc, async (t) => {
  const { port } = await startServer(t, 'udp-echo')
  const nc = spawn('nc', ['-u', '127.0.0.1', String(port)])
  t.teardown(() => nc.kill())
  nc.stdin.write('hello\n')
  t.equal(String((await once(nc.stdout, 'data'))[0]), 'hello\n')
})

t.test('prints one line, and stops on SIGTERM and SIGINT', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const program = startExample(t, 'udp-echo', '--port', '0')
    const line = await program.line()
    t.match(line, /^udp-echo: listening on 127\.0\.0\.1:\d+ \((native, (epoll|kqueue)|portable, node:net)\)$/)
    t.ok(portIn(line) > 0)
    program.kill(signal)
    const { code, stdout, stderr } = await program.ended
    t.strictSame([code, stdout, stderr], [0, `${line}\n`, ''], signal)
  }
})

t.test('explains its flags, and refuses what it does not know', async (t) => {
  const help = await startExample(t, 'udp-echo', '--help').ended
  t.equal(help.code, 0)
  t.match(help.stdout, /--port PORT .*\(default: 9998\)/)
  for (const args of [['--port', '65536'], ['--colour', 'red'], ['word']]) {
    const { code, stderr } = await startExample(t, 'udp-echo', ...args).ended
    t.equal(code, 2)
    t.match(stderr, /^udp-echo: [^\n]+\n$/, 'one line')
  }
})

t.test('says when the port is in use', async (t) => {
  const { port } = await startServer(t, 'udp-echo')
  const { code, stdout, stderr } = await startExample(t, 'udp-echo', '--port', String(port)).ended
  t.strictSame([code, stdout], [1, ''])
  t.match(stderr, new RegExp(`^udp-echo: cannot listen on 127\\.0\\.0\\.1:${port}: [^\n]+\n$`))
})
