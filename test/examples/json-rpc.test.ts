// Goal: the JSON-RPC example does what section 7 of the specification shows, survives what is wrong, and bounds what it does at once.
// Method: raw frames on a socket, and its own client, typed by the table of methods.

import { spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type calculator,
  type Methods,
  method,
  RpcClient,
  RpcError,
  type RpcOptions,
  RpcServer
} from '@shiny/examples/json-rpc'
import t, { type Test } from 'tap'
import * as z from 'zod'
import { portIn, startExample, startServer } from './support/program.js'
import { dial, type Wire } from './support/wire.js'

const noNc = spawnSync('nc', ['-h']).error === undefined ? {} : { skip: 'nc is not installed' }

function frame(text: string): Buffer {
  const content = Buffer.from(text)
  const bytes = Buffer.alloc(4 + content.length)
  bytes.writeUInt32BE(content.length)
  content.copy(bytes, 4)
  return bytes
}

async function answer(wire: Wire): Promise<unknown> {
  const length = Buffer.from(await wire.read(4), 'latin1').readUInt32BE()
  return JSON.parse(Buffer.from(await wire.read(length), 'latin1').toString())
}

async function serve(t: Test, methods: Methods, options?: RpcOptions) {
  const server = new RpcServer(methods, options)
  await server.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => server.stop({ timeout: 0 }))
  return { server, port: server.addresses[0]?.port as number }
}

const error = (code: number, message: string, id: unknown = null, data?: string) => ({
  jsonrpc: '2.0',
  error: data === undefined ? { code, message } : { code, message, data },
  id
})
const result = (value: unknown, id: unknown) => ({ jsonrpc: '2.0', result: value, id })
const invalid = error(-32600, 'Invalid Request')

/** What is asked, and what is answered; undefined for nothing. All of it on one connection, which lives on. */
const dialogue: readonly [asked: string, answered: unknown][] = [
  ['{"jsonrpc":"2.0","method":"add","params":[1,2,3],"id":1}', result(6, 1)],
  ['{"jsonrpc":"2.0","method":"divide","params":{"divisor":4,"dividend":2},"id":"a"}', result(0.5, 'a')],
  ['{"jsonrpc":"2.0","method":"notes","id":null}', result([], null)],
  ['{"jsonrpc":"2.0","method":"note","params":{"text":"käse"}}', undefined],
  ['{"jsonrpc":"2.0","method":"nothing"}', undefined],
  ['{"jsonrpc":"2.0","method":"notes","id":2}', result(['käse'], 2)],
  ['{"jsonrpc":"2.0","method":"note","params":{"text":"b"},"id":3}', result(null, 3)],
  ['{"jsonrpc":"2.0","method":"nothing","id":"1"}', error(-32601, 'Method not found', '1')],
  ['{"jsonrpc":"2.0","method":"constructor","id":1}', error(-32601, 'Method not found', 1)],
  ['{"jsonrpc":"2.0","method":"__proto__","id":1}', error(-32601, 'Method not found', 1)],
  [
    '{"jsonrpc":"2.0","method":"add","params":[1,"2"],"id":4}',
    error(-32602, 'Invalid params', 4, '1: Invalid input: expected number, received string')
  ],
  [
    '{"jsonrpc":"2.0","method":"divide","params":{"dividend":1},"id":5}',
    error(-32602, 'Invalid params', 5, 'divisor: Invalid input: expected number, received undefined')
  ],
  ['{"jsonrpc":"2.0","method":"divide","params":{"dividend":1,"divisor":0},"id":6}', error(1, 'Division by zero', 6)],
  ['{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]', error(-32700, 'Parse error')],
  ['', error(-32700, 'Parse error')],
  ['{"jsonrpc":"2.0","method":1,"params":"bar"}', invalid],
  ['{"jsonrpc":"1.0","method":"add","params":[],"id":1}', invalid],
  ['{"jsonrpc":"2.0","method":"add","params":[],"id":{}}', invalid],
  ['"add"', invalid],
  ['[]', invalid],
  [`[${'1,'.repeat(1000)}1]`, invalid],
  ['[{"jsonrpc":"2.0","method":"add","params":[1],"id":"1"},{"jsonrpc":"2.0","method"]', error(-32700, 'Parse error')],
  ['[1]', [invalid]],
  ['[1,2,3]', [invalid, invalid, invalid]],
  [
    '[{"jsonrpc":"2.0","method":"add","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method":"note","params":{"text":"c"}},' +
      '{"foo":"boo"},{"jsonrpc":"2.0","method":"foo.get","params":{"name":"x"},"id":"5"},{"jsonrpc":"2.0","method":"notes","id":"9"}]',
    [result(7, '1'), invalid, error(-32601, 'Method not found', '5'), result(['käse', 'b', 'c'], '9')]
  ],
  ['[{"jsonrpc":"2.0","method":"note","params":{"text":"d"}},{"jsonrpc":"2.0","method":"nothing"}]', undefined],
  ['{"jsonrpc":"2.0","method":"add","params":[0.5],"id":7}', result(0.5, 7)]
]

t.test('what the specification shows', async (t) => {
  const { port } = await startServer(t, 'json-rpc')
  const wire = await dial(t, port)
  for (const [asked, answered] of dialogue) {
    wire.write(frame(asked))
    if (answered !== undefined) t.strictSame(await answer(wire), answered, asked.slice(0, 70))
  }
})

t.test('the same byte by byte', async (t) => {
  const { port } = await startServer(t, 'json-rpc')
  const wire = await dial(t, port)
  for (const [asked, answered] of dialogue.slice(0, 14)) {
    for (const byte of frame(asked)) {
      wire.write(Uint8Array.of(byte))
      await wire.sent()
    }
    if (answered !== undefined) t.strictSame(await answer(wire), answered)
  }
})

t.test('a frame that is too long ends the connection, with an answer', async (t) => {
  const { port } = await startServer(t, 'json-rpc')
  const wire = await dial(t, port)
  wire.write(Buffer.from('7fffffff7b', 'hex'))
  t.strictSame(await answer(wire), invalid)
  t.equal(await wire.rest(), '')
})

t.test('half a frame at the end is answered', async (t) => {
  const { port } = await startServer(t, 'json-rpc')
  const wire = await dial(t, port)
  wire.write('\0\0\0\x09{')
  wire.end()
  t.strictSame(await answer(wire), error(-32700, 'Parse error'))
  t.equal(await wire.rest(), '')
})

t.test('who has sent its last request still gets its answers', async (t) => {
  const { port } = await startServer(t, 'json-rpc')
  const wire = await dial(t, port)
  wire.write(frame('{"jsonrpc":"2.0","method":"wait","params":{"ms":50},"id":1}'))
  wire.write(frame('{"jsonrpc":"2.0","method":"wait","params":{"ms":20},"id":2}'))
  wire.end()
  t.strictSame(await answer(wire), result(20, 2), 'the faster one first')
  t.strictSame(await answer(wire), result(50, 1))
  t.equal(await wire.rest(), '', 'then the connection closes')
})

t.test('the typed client', async (t) => {
  const { port } = await startServer(t, 'json-rpc')
  const client = await RpcClient.dial<typeof calculator>({ port, host: '127.0.0.1' })
  const sum: number = await client.call('add', [1, 2])
  t.equal(sum, 3)
  client.notify('note', { text: 'remember' })
  const notes: string[] = await client.call('notes')
  t.strictSame(notes, ['remember'])
  await t.rejects(client.call('divide', { dividend: 1, divisor: 0 }), new RpcError(1, 'Division by zero'))
  // @ts-expect-error what has the wrong type does not compile
  await t.rejects(client.call('add', ['1']), { name: 'RpcError', code: -32602, data: /^0: / })
  // @ts-expect-error neither does a method that is not there
  await t.rejects(client.call('subtract', [1]), { code: -32601 })
  const [six, gone] = await client.batch(() =>
    Promise.allSettled([client.call('add', [1, 2, 3]), client.call('divide', { dividend: 1, divisor: 0 })])
  )
  t.strictSame([six.status, gone.status], ['fulfilled', 'rejected'])
  const late = client.call('wait', { ms: 60_000 })
  client.close()
  await t.rejects(late, { message: 'the connection closed before the answer' })
  await t.rejects(client.call('add', []), { code: 'ERR_CLOSED' })
})

t.test('what goes wrong inside is told to the program, and not to strangers', async (t) => {
  const failures: unknown[] = []
  const methods = {
    broken: method(z.undefined(), () => {
      throw new Error('the password is 1234')
    }),
    slowlyBroken: method(z.undefined(), async () => {
      throw new Error('the same')
    }),
    long: method(z.undefined(), () => 'x'.repeat(2000)),
    bigint: method(z.undefined(), () => 1n)
  }
  const { port } = await serve(t, methods, { failed: (error) => failures.push(error), maxMessage: 1000 })
  const client = await RpcClient.dial<typeof methods>({ port, host: '127.0.0.1' })
  t.teardown(() => client.destroy())
  for (const name of ['broken', 'slowlyBroken'] as const)
    await t.rejects(client.call(name), { code: -32603, message: 'Internal error', data: undefined })
  t.match(failures, [{ message: 'the password is 1234' }, { message: 'the same' }])
  for (const name of ['long', 'bigint'] as const)
    await t.rejects(client.call(name), { code: -32603, data: String }, 'an answer that cannot be sent')
  const both = await client.batch(() => Promise.allSettled([client.call('long'), client.call('bigint')]))
  t.match(both, [{ reason: { code: -32603 } }, { reason: { code: -32603 } }])
})

t.test('so many requests run at the same time, and no more', async (t) => {
  let running = 0
  let most = 0
  const methods = {
    work: method(z.array(z.number()), async ([number = 0]) => {
      most = Math.max(most, ++running)
      await sleep(5)
      running--
      return number
    })
  }
  const { port } = await serve(t, methods, { maxRunning: 3 })
  const client = await RpcClient.dial<typeof methods>({ port, host: '127.0.0.1' })
  t.teardown(() => client.destroy())
  const numbers = Array.from({ length: 50 }, (_, i) => i)
  t.strictSame(await Promise.all(numbers.map((number) => client.call('work', [number]))), numbers)
  t.equal(most, 3)
})

t.test('a stop answers what is under way and what has arrived', async (t) => {
  let begun = () => {}
  const both = new Promise<void>((resolve) => {
    let count = 0
    begun = () => ++count === 2 && resolve()
  })
  const methods = {
    work: method(z.array(z.number()), async ([ms = 0]) => {
      begun()
      await sleep(ms)
      return ms
    })
  }
  const { server, port } = await serve(t, methods, { maxRunning: 2 })
  const client = await RpcClient.dial<typeof methods>({ port, host: '127.0.0.1' })
  const calls = [80, 40, 20, 10].map((ms) => client.call('work', [ms]))
  await both
  await server.stop()
  t.strictSame(await Promise.all(calls), [80, 40, 20, 10])
})

t.test('a caller that is gone ends what was done for it', async (t) => {
  const happened = new EventEmitter()
  const methods = {
    watch: method(z.undefined(), (_, { signal }) => {
      signal.addEventListener('abort', () => happened.emit('aborted'))
      happened.emit('begun')
      return once(signal, 'abort')
    })
  }
  const { port } = await serve(t, methods)
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write(frame('{"jsonrpc":"2.0","method":"watch","id":1}'))
  await once(happened, 'begun')
  const aborted = once(happened, 'aborted')
  socket.resetAndDestroy()
  await aborted
  t.pass('its signal was aborted')
})

t.test('--call', async (t) => {
  const { port } = await startServer(t, 'json-rpc')
  const call = (...args: string[]) => startExample(t, 'json-rpc', '--port', String(port), ...args).ended
  t.strictSame(await call('--call', 'add', '--params', '[1, 2]'), { code: 0, signal: null, stdout: '3\n', stderr: '' })
  t.match(await call('--call', 'notes'), { code: 0, stdout: '[]\n' })
  t.match(await call('--call', 'divide', '--params', '{}'), {
    code: 1,
    stdout: '',
    stderr: /^json-rpc: -32602 [^\n]+\n$/
  })
  t.match(await call('--call', 'add', '--params', '1'), { code: 2, stderr: /^json-rpc: --params: [^\n]+\n$/ })
  t.match(await call('--call', 'add', '--params', '[1'), { code: 2 })
  t.match(await startExample(t, 'json-rpc', '--port', '1', '--call', 'add').ended, {
    code: 1,
    stderr: /^json-rpc: [^\n]+\n$/
  })
})

t.test('a request by nc', noNc, async (t) => {
  const program = startExample(t, 'json-rpc', '--port', '0')
  const port = portIn(await program.line())
  const input = frame('{"jsonrpc":"2.0","method":"wait","params":{"ms":20},"id":1}')
  const { stdout } = spawnSync('nc', ['-N', '127.0.0.1', String(port)], { input, timeout: 10_000 })
  t.strictSame(JSON.parse(stdout.subarray(4).toString()), result(20, 1))
})
