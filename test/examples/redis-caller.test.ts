// respClient() against a real redis-server and against the example, in RESP2 and RESP3.

import { spawnSync } from 'node:child_process'
import { RespVerbatim, respClient } from '@shiny/codecs'
import { RedisCaller, type RedisError } from '@shiny/examples/redis-caller'
import t, { type Test } from 'tap'
import { freePort, startProgram, startServer, until } from './support/program.js'

const noRedis = spawnSync('redis-server', ['--version']).error !== undefined

async function startReal(t: Test): Promise<number> {
  const port = await freePort()
  const quiet = ['--save', '', '--appendonly', 'no', '--enable-debug-command', 'yes', '--dir', t.testdir()]
  startProgram(t, 'redis-server', '--port', String(port), '--bind', '127.0.0.1', ...quiet)
  await until('redis-server answers', async () => {
    try {
      const caller = await RedisCaller.dial({ port })
      caller.close()
      return true
    } catch {
      return false
    }
  })
  return port
}

async function dial(t: Test, port: number, strings: 'utf8' | 'bytes' = 'utf8'): Promise<RedisCaller> {
  const caller = await RedisCaller.dial({ port }, respClient({ strings }))
  t.teardown(() => caller.destroy())
  return caller
}

const servers: [name: string, start: (t: Test) => Promise<number>, skip: boolean][] = [
  ['redis-server', startReal, noRedis],
  ['the example', async (t) => (await startServer(t, 'redis-server')).port, false]
]

for (const [name, start, skip] of servers) {
  t.test(name, { skip: skip && 'redis-server is not installed' }, async (t) => {
    const port = await start(t)
    for (const version of [2, 3]) {
      t.test(`RESP${version}`, async (t) => {
        const redis = await dial(t, port)
        const hello = await redis.call('HELLO', version)
        t.equal(version === 3, hello instanceof Map)
        t.equal(await redis.call('FLUSHALL'), 'OK')
        t.equal(await redis.call('SET', 'a', 'käse'), 'OK')
        t.equal(await redis.call('GET', 'a'), 'käse')
        t.equal(await redis.call('GET', 'none'), null)
        t.equal(await redis.call('INCRBY', 'n', 9007199254740993n), 9007199254740993n)
        t.strictSame(await redis.call('MGET', 'a', 'none', 'n'), ['käse', null, '9007199254740993'])
        t.equal((await redis.call('INFO', 'server')) instanceof RespVerbatim, version === 3)
        t.match(
          await redis.call('CONFIG', 'GET', 'maxmemory'),
          version === 3 ? new Map([['maxmemory', '0']]) : ['maxmemory', '0']
        )
        await t.rejects(redis.call('INCR', 'a'), {
          name: 'RedisError',
          code: 'ERR',
          message: 'ERR value is not an integer or out of range'
        })
        t.ok(Array.isArray(await redis.call('COMMAND')), 'a large and nested reply')
      })
    }

    t.test('thousands of commands under way are answered in order', async (t) => {
      const redis = await dial(t, port)
      await redis.call('SET', 'n', 0)
      const calls = Array.from({ length: 5000 }, () => redis.call('INCR', 'n'))
      const failing = redis.call('NONSENSE').catch((error: RedisError) => error.code)
      t.strictSame(
        await Promise.all(calls),
        Array.from({ length: 5000 }, (_, i) => i + 1)
      )
      t.equal(await failing, 'ERR')
    })

    t.test('a large value, as bytes', async (t) => {
      const redis = await dial(t, port, 'bytes')
      const value = Buffer.alloc(3_000_000, '\r\n\0\xff', 'latin1')
      t.equal(await redis.call('SET', 'big', value), 'OK')
      const got = await redis.call('GET', 'big')
      t.ok(got instanceof Uint8Array && value.equals(got))
    })

    t.test('calls that are not answered reject when the connection closes', async (t) => {
      const redis = await dial(t, port)
      const call = redis.call('PING')
      redis.destroy()
      await t.rejects(call, { message: 'the connection closed before the reply' })
      await t.rejects(redis.call('PING'), { code: 'ERR_CLOSED' })
    })
  })
}

t.test('redis-server sends each type of RESP3', { skip: noRedis && 'redis-server is not installed' }, async (t) => {
  const redis = await dial(t, await startReal(t))
  await redis.call('HELLO', 3)
  const say = (type: string) => redis.call('DEBUG', 'PROTOCOL', type)
  t.equal(await say('string'), 'Hello World')
  t.equal(await say('integer'), 12345)
  t.equal(String(await say('double')), '3.141')
  t.equal(await say('null'), null)
  t.strictSame(await say('array'), [0, 1, 2])
  t.strictSame(await say('set'), new Set([0, 1, 2]))
  t.strictSame(
    await say('map'),
    new Map([
      [0, false],
      [1, true],
      [2, false]
    ])
  )
  t.equal(await say('bignum'), 1234567999999999999999999999999999999n)
  t.equal(await say('true'), true)
  t.equal(await say('false'), false)
  t.strictSame(await say('verbatim'), new RespVerbatim('txt', 'This is a verbatim\nstring'))
  t.equal(await say('attrib'), 'Some real reply following the attribute')
  const pushed: unknown[] = []
  redis.onPush = (elements) => pushed.push(elements)
  await redis.call('CLIENT', 'TRACKING', 'ON')
  await redis.call('GET', 'watched')
  await redis.call('SET', 'watched', 1)
  await until('the invalidation comes', () => pushed.length > 0)
  t.strictSame(pushed, [['invalidate', ['watched']]])
})
