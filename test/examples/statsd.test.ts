// Goal: the statsd example takes the same lines by datagrams and by connections, and nothing that comes can harm it.
// Method: run it as a command, send, stop it, and read its last report, which has all that was sent before.

import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { line } from '@shiny/codecs'
import { verifyCodec } from '@shiny/core/testing'
import { type Reading, readings } from '@shiny/examples/statsd/readings'
import t, { type Test } from 'tap'
import { type Program, portIn, startExample } from './support/program.js'
import { dial } from './support/wire.js'

const noNc = spawnSync('nc', ['-h']).error === undefined ? {} : { skip: 'nc is not installed' }

type Line = Record<string, unknown>

async function start(t: Test, ...flags: string[]) {
  const program = startExample(t, 'statsd', '--port', '0', '--interval', '3600', '--format', 'json', ...flags)
  const line = await program.line()
  t.match(line, /^statsd: listening on 127\.0\.0\.1:\d+ \((native, (epoll|kqueue)|portable, node:net)\)$/)
  return { program, port: portIn(line) }
}

const transports: Record<string, (t: Test, port: number, lines: readonly string[]) => Promise<void>> = {
  async UDP(t, port, lines) {
    const socket = createSocket('udp4')
    t.teardown(() => socket.close())
    // Two lines a datagram.
    for (let i = 0; i < lines.length; i += 2) {
      await new Promise((sent) => socket.send(lines.slice(i, i + 2).join('\n'), port, '127.0.0.1', sent))
    }
  },
  async TCP(t, port, lines) {
    const wire = await dial(t, port)
    wire.write(lines.join('\r\n'))
    wire.end()
    t.equal(await wire.rest(), '', 'nothing is answered')
  },
  async 'TCP, byte by byte'(t, port, lines) {
    const wire = await dial(t, port)
    for (const byte of Buffer.from(`${lines.join('\n')}\n`)) {
      wire.write(Uint8Array.of(byte))
      await wire.sent()
    }
    wire.end()
    await wire.rest()
  }
}

/** Stops the program and returns the first line of its report, and the series by their names. */
async function report(t: Test, program: Program): Promise<[head: Line, series: Record<string, Line>]> {
  program.kill('SIGTERM')
  const { code, stdout, stderr } = await program.ended
  t.strictSame([code, stderr], [0, ''])
  const [head = {}, ...entries] = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as Line)
  return [head, Object.fromEntries(entries.map((entry) => [entry.name as string, entry]))]
}

for (const [name, send] of Object.entries(transports)) {
  t.test(`by ${name}: counters, gauges, timers, sets, rates and tags`, async (t) => {
    const { program, port } = await start(t)
    const timers = Array.from({ length: 100 }, (_, i) => `query:${100 - i}|ms`)
    await send(t, port, [
      'visits:1|c',
      'visits:2|c',
      'sampled:1|c|@0.1',
      'sampled:-2|c|@0.5',
      'load:10|g',
      'load:+5.5|g',
      'load:-0.5|g',
      'below:-3|g',
      'users:ann|s',
      'users:bob|s',
      'users:ann|s',
      'tagged:1|c|#b:2,a:1',
      'tagged:1|c|#a:1,b:2|@0.5',
      'rare:7|h|@0.25',
      ...timers
    ])
    const [head, series] = await report(t, program)
    t.match(head, { kind: 'flush', received: 114, bad: 0, dropped: 0, seconds: Number })
    t.match(series.visits, { kind: 'counter', tags: [], count: 3, perSecond: Number })
    t.match(series.sampled, { count: 6 })
    t.match(series.load, { kind: 'gauge', value: 15 })
    t.match(series.below, { value: -3 })
    t.match(series.users, { kind: 'set', distinct: 2 })
    t.match(series.tagged, { tags: ['a:1', 'b:2'], count: 3 }, 'the order of tags is nothing')
    t.match(series.query, { kind: 'timer', count: 100, min: 1, mean: 50.5, p50: 50, p95: 95, p99: 99, max: 100 })
    t.match(series.rare, { count: 4, p50: 7 })
  })

  t.test(`by ${name}: what makes no sense is counted, and takes nothing with it`, async (t) => {
    const { program, port } = await start(t)
    const bad = [
      'nothing',
      ':1|c',
      'a:|c',
      'a:x|c',
      'a:1',
      'a:1|',
      'a:1|x',
      'a:1|c|',
      'a:1|c|@0',
      'a:1|c|@1.5',
      'a:1|c|@',
      'a:1|c|what',
      'a:1|c|#',
      'a:1|c|#x y',
      'a:-1|ms',
      'a:1e999|c',
      `a:${'9'.repeat(400)}|c`,
      'a:NaN|g',
      'a b:1|c',
      '\x1b[2J:1|c',
      `${'x'.repeat(201)}:1|c`,
      '__proto__:x|c'
    ]
    await send(
      t,
      port,
      bad.flatMap((line) => [line, 'good:1|c'])
    )
    const [head, series] = await report(t, program)
    t.match(head, { received: bad.length, bad: bad.length })
    t.match(series, { good: { count: bad.length } })
    t.strictSame(Object.keys(series), ['good'])
  })
}

t.test('the format says the same wherever its bytes are cut, and reads what it writes', async (t) => {
  const counted: Reading = { kind: 'counter', name: 'a', tags: ['x:1', 'y'], text: '-1.5', value: -1.5, rate: 0.5 }
  const user: Reading = { kind: 'set', name: 'users', tags: [], text: 'ann', value: 0, rate: 1 }
  const one = (reading: Reading) => ({ readings: [reading], bad: 0 })
  const report = verifyCodec(line({ maxLength: 100, oversize: 'skip', trailing: 'emit' }).of(readings), {
    valid: [
      { bytes: 'a:-1.5|c|@0.5|#x:1,y\r\nusers:ann|s\n', messages: [one(counted), one(user)] },
      {
        bytes: 'a:-1.5|c|#y,x:1|@0.5\n\n',
        messages: [one(counted), { readings: [], bad: 0 }]
      }
    ],
    eof: [{ bytes: 'users:ann|s', messages: [one(user)] }],
    sends: [
      { message: one(counted), bytes: 'a:-1.5|c|@0.5|#x:1,y\n' },
      { message: one(user), bytes: 'users:ann|s\n' }
    ],
    unsendable: [{ readings: [counted, user], bad: 0 }, one({ ...user, name: 'a:1|c\nusers' })]
  })
  t.ok(report.splits > 50)
})

t.test('names such as those of every object are names', async (t) => {
  const { program, port } = await start(t)
  await transports.TCP?.(t, port, ['__proto__:1|c', 'constructor:2|c', 'toString:x|s'])
  const [head] = await report(t, program)
  t.match(head, { received: 3, bad: 0, dropped: 0 })
})

t.test('what is too long is one bad line, and the connection goes on', async (t) => {
  const { program, port } = await start(t)
  const wire = await dial(t, port)
  wire.write(`${'x'.repeat(100_000)}\na:1|c\n${'y'.repeat(8193)}\n\n\r\na:1|c\n`)
  wire.end()
  await wire.rest()
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  for (const datagram of [Buffer.alloc(9000, 'x'), Buffer.alloc(0), Buffer.from('a:1|c\n')])
    await new Promise((sent) => socket.send(datagram, port, '127.0.0.1', sent))
  const [head, series] = await report(t, program)
  t.match(head, { received: 3, bad: 3 })
  t.match(series, { a: { count: 3 } })
})

t.test('names are bounded', async (t) => {
  const { program, port } = await start(t, '--max-names', '2')
  await transports.TCP?.(t, port, ['a:1|c', 'b:1|g', 'c:1|c', 'a:1|c|#x', 'b:1|c', 'a:1|c', 'b:+1|g'])
  const [head, series] = await report(t, program)
  t.match(head, { received: 7, bad: 0, dropped: 3 })
  t.match(series, { a: { count: 2 }, b: { kind: 'gauge', value: 2 } })
})

t.test('a busy timer keeps a part of its values, and counts them all', async (t) => {
  const { program, port } = await start(t)
  await transports.TCP?.(
    t,
    port,
    Array.from({ length: 20_000 }, (_, i) => `query:${i}|ms`)
  )
  const [, { query }] = await report(t, program)
  t.match(query, { count: 20_000, min: 0, mean: 9999.5, max: 19_999 })
  const median = query?.p50 as number
  t.ok(median > 5000 && median < 15_000, `about the middle: ${median}`)
})

t.test('reports come by themselves, and what was counted begins anew', async (t) => {
  const program = startExample(t, 'statsd', '--port', '0', '--interval', '1', '--format', 'json')
  const port = portIn(await program.line())
  await transports.TCP?.(t, port, ['visits:2|c', 'load:3|g'])
  const seen: Line[] = []
  while (seen.length < 2) {
    const line = JSON.parse(await program.line()) as Line
    if (line.kind !== 'flush') seen.push(line)
  }
  t.match(seen, [
    { name: 'load', value: 3 },
    { name: 'visits', count: 2 }
  ])
  t.match(JSON.parse(await program.line()), { kind: 'flush', received: 0 })
  t.match(JSON.parse(await program.line()), { name: 'load', value: 3 }, 'a gauge stays')
  t.match(JSON.parse(await program.line()), { kind: 'flush' }, 'a counter does not')
})

t.test('a table for people, and nc', noNc, async (t) => {
  const program = startExample(t, 'statsd', '--port', '0', '--interval', '3600')
  const port = String(portIn(await program.line()))
  spawnSync('nc', ['-N', '127.0.0.1', port], { input: 'load:0.5|g\nquery:12|ms|#db:main', timeout: 10_000 })
  spawnSync('nc', ['-u', '-q', '0', '127.0.0.1', port], { input: 'bad line\n', timeout: 10_000 })
  program.kill('SIGINT')
  const [, head, ...rows] = (await program.ended).stdout.trimEnd().split('\n')
  t.match(head, /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}[\d.]+ s {2}received 2 {2}bad 1 {2}dropped 0$/)
  t.strictSame(rows, [
    '  gauge    load           value 0.5',
    '  timer    query db:main  count 1  min 12  mean 12  p50 12  p95 12  p99 12  max 12'
  ])
})

t.test('explains its flags, and refuses what makes no sense', async (t) => {
  t.match(await startExample(t, 'statsd', '--help').ended, { code: 0, stdout: /--interval NUMBER .*\(default: 10\)/ })
  for (const args of [['--interval', '0'], ['--port', '65536'], ['--format', 'xml'], ['--colour', 'red'], ['word']]) {
    const { code, stdout, stderr } = await startExample(t, 'statsd', ...args).ended
    t.strictSame([code, stdout], [2, ''], args.join(' '))
    t.match(stderr, /^statsd: [^\n]+\n$/, 'one line')
  }
})

t.test('says when the port is in use, whichever it is', async (t) => {
  const { port } = await start(t)
  t.match(await startExample(t, 'statsd', '--port', String(port)).ended, {
    code: 1,
    stdout: '',
    stderr: new RegExp(`^statsd: cannot listen on 127\\.0\\.0\\.1:${port}: [^\n]+\n$`)
  })
  const taken = createSocket('udp4')
  await new Promise<void>((bound) => taken.bind(0, '127.0.0.1', bound))
  t.teardown(() => taken.close())
  t.match(await startExample(t, 'statsd', '--port', String(taken.address().port)).ended, {
    code: 1,
    stderr: /^statsd: /
  })
})
