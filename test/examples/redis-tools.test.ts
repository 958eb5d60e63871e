// The tools that come with Redis, where they are installed, and Redis itself as the judge of replies.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort, startProgram, startServer, until } from './support/program.js'
import { dialRedis, type RedisWire, startRedis } from './support/redis.js'

/** The options of a test that needs a tool. */
function needs(tool: string): { skip?: string } {
  return spawnSync(tool, ['--version']).error === undefined ? {} : { skip: `${tool} is not installed` }
}

async function run(t: Test, tool: string, ...args: string[]) {
  const { code, stdout, stderr } = await startProgram(t, tool, ...args).ended
  return { code, stdout, stderr }
}

t.test('redis-cli', needs('redis-cli'), async (t) => {
  const { port } = await startServer(t, 'redis-server')
  const cli = async (...args: string[]) => (await run(t, 'redis-cli', '-p', String(port), ...args)).stdout
  t.equal(await cli('set', 'greeting', 'hello', 'ex', '100'), 'OK\n')
  t.equal(await cli('get', 'greeting'), 'hello\n')
  t.equal(await cli('-3', 'get', 'greeting'), 'hello\n')
  t.equal(await cli('ttl', 'greeting'), '100\n')
  t.match(await cli('-3', 'hello'), 'standalone')
  for (let index = 0; index < 30; index++) await cli('set', `key:${index}`, String(index))
  t.equal((await cli('--scan', '--pattern', 'key:*')).trim().split('\n').length, 30)
  t.match(await cli('info'), 'redis_version:')
  t.match(await cli('help', 'set'), 'SET')
  t.equal(await cli('dbsize'), '31\n')
})

t.test('redis-cli --pipe', needs('redis-cli'), async (t) => {
  const { port, client } = await startRedis(t)
  let commands = ''
  for (let index = 0; index < 20_000; index++) commands += `SET pipe:${index} ${index}\r\n`
  const { stdout, status } = spawnSync('redis-cli', ['-p', String(port), '--pipe'], {
    input: commands,
    encoding: 'utf8'
  })
  t.equal(status, 0)
  t.match(stdout, 'errors: 0, replies: 20000')
  await client.expect('DBSIZE', ':20000\r\n')
})

t.test('redis-benchmark', needs('redis-benchmark'), async (t) => {
  const { port, client } = await startRedis(t)
  for (const depth of ['1', '128']) {
    const args = ['-p', String(port), '-n', '20000', '-r', '1000', '-P', depth, '-q', '-t', 'ping,set,get,incr,mset']
    const { code, stdout, stderr } = await run(t, 'redis-benchmark', ...args)
    t.equal(code, 0)
    t.equal(stderr, '')
    for (const name of ['PING_INLINE', 'PING_MBULK', 'SET', 'GET', 'INCR', 'MSET']) {
      t.match(stdout, new RegExp(`${name}[^\n]*: \\d+\\.\\d+ requests per second`))
    }
    t.notMatch(stdout, /error/i)
  }
  await client.expect('PING', '+PONG\r\n')
})

/** What both servers must answer with the same bytes, in this order. */
const script = `
SET a 1
GET a
SET a 2 NX GET
SET a 3 XX EX 100
TTL a
SET a 4 KEEPTTL GET
SET a 5 EX 10 PX 10
SET a 5 EX x word
SET a 5 EX 9223372036854775
SET a 5 NX XX
GETSET a 6
GETDEL a
GETDEL a
MSET a 1 b 2 c
MSET a 1 b 2
MGET a b nothing
SETNX a 1
APPEND a 23
STRLEN a
INCR a
INCRBY a 9223372036854775807
DECRBY a -9223372036854775808
DECRBY a 9223372036854775807
INCRBY a 1.5
SET t text
INCR t
EXISTS a a nothing
TYPE a
TYPE nothing
EXPIRE a 100 NX XX
EXPIRE a 100 GT LT
EXPIRE a 100 word
EXPIRE a x
EXPIRE a 9223372036854775807
EXPIRE a 100 GT
EXPIRE a 100 LT
EXPIRE a 50 GT
EXPIRE a 200 GT
EXPIRE a 100 NX
EXPIREAT b 99999999999
EXPIRETIME b
PEXPIRETIME b
PERSIST b
PERSIST b
TTL nothing
PTTL b
EXPIRE b -1
EXISTS b
RENAME nothing x
RENAME a x
RENAMENX x t
TTL x
KEYS nothing*
SCAN 0 MATCH nothing* COUNT 1000
SCAN x
SCAN 0 COUNT 0
SCAN 0 COUNT
SELECT 99
SELECT x
CLIENT GETNAME
CLIENT SETNAME me
CLIENT GETNAME
CLIENT SETNAME
CLIENT NOTHING
CLIENT NO-EVICT perhaps
CONFIG GET save
CONFIG GET nothing
CONFIG SET nothing x
CONFIG NOTHING
COMMAND NOTHING
COMMAND INFO nothing
HELLO 4
HELLO x
HELLO 2 word
HELLO 2 AUTH a
HELLO 2 AUTH somebody x
AUTH a b c
AUTH default x
PING a b
ping hello
ECHO
NOTHING
nothing with some arguments
SHUTDOWN word
SHUTDOWN ABORT
FLUSHALL word
FLUSHALL SYNC
DBSIZE
RESET
`

t.test('answers as redis-server does', needs('redis-server'), async (t) => {
  const { client } = await startRedis(t)
  const judge = await startJudge(t)
  for (const version of ['2', '3']) {
    await client.ask('HELLO', version)
    await judge.ask('HELLO', version)
    for (const line of script.trim().split('\n')) {
      const args = line.split(' ')
      t.equal(await client.ask(...args), await judge.ask(...args), `RESP${version}: ${line}`)
    }
    for (const args of [
      [''],
      ['a'.repeat(200), 'b'],
      ['a', 'b'.repeat(125), 'cdefgh', 'i'],
      ['a\x00b', 'c\x00d'],
      ['a\r\n']
    ]) {
      t.equal(await client.ask(...args), await judge.ask(...args), `RESP${version}: a strange command`)
    }
  }
})

/** A real redis-server that keeps nothing. */
async function startJudge(t: Test): Promise<RedisWire> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'judge-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  startProgram(t, 'redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory)
  await until('redis-server listens', () =>
    dialRedis(t, port).then(
      () => true,
      () => false
    )
  )
  return dialRedis(t, port)
}
