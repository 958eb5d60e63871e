import t from 'tap'
import { bulk, startRedis } from './support/redis.js'

const OK = '+OK\r\n'

t.test('DEL, UNLINK, EXISTS, TOUCH, TYPE, DBSIZE, FLUSHALL, FLUSHDB', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('MSET a 1 b 2 c 3 d 4', OK)
  await client.expect('EXISTS a b a nothing', ':3\r\n')
  await client.expect('TOUCH a nothing', ':1\r\n')
  await client.expect('DEL a a nothing', ':1\r\n')
  await client.expect('UNLINK b', ':1\r\n')
  await client.expect('DBSIZE', ':2\r\n')
  await client.expect('TYPE c', '+string\r\n')
  await client.expect('TYPE a', '+none\r\n')
  for (const flush of ['FLUSHALL', 'FLUSHDB', 'FLUSHALL ASYNC', 'FLUSHDB sync']) {
    await client.expect('SET a 1', OK)
    await client.expect(flush, OK)
    await client.expect('DBSIZE', ':0\r\n')
  }
  await client.expect('FLUSHALL NOW', '-ERR syntax error\r\n')
})

t.test('RENAME and RENAMENX', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SET a value EX 100', OK)
  await client.expect('RENAME nothing b', '-ERR no such key\r\n')
  await client.expect('RENAME a b', OK)
  await client.expect('TTL b', ':100\r\n')
  await client.expect('SET c other', OK)
  await client.expect('RENAMENX b c', ':0\r\n')
  await client.expect('RENAMENX b d', ':1\r\n')
  await client.expect('RENAME d d', OK)
  await client.expect('MGET a b c d', `*4\r\n$-1\r\n$-1\r\n${bulk('other')}${bulk('value')}`)
})

t.test('KEYS', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('MSET hello 1 hallo 2 hxllo 3 hllo 4 heello 5 h*llo 6 h[llo 7', OK)
  const keys = async (pattern: string) => {
    const reply = await client.ask('KEYS', pattern)
    return reply
      .split('\r\n')
      .filter((_, line) => line % 2 === 0 && line > 0)
      .filter(Boolean)
      .sort()
  }
  t.strictSame(await keys('h?llo'), ['h*llo', 'h[llo', 'hallo', 'hello', 'hxllo'])
  t.strictSame(await keys('h*llo'), ['h*llo', 'h[llo', 'hallo', 'heello', 'hello', 'hllo', 'hxllo'])
  t.strictSame(await keys('h[ae]llo'), ['hallo', 'hello'])
  t.strictSame(await keys('h[^e]llo'), ['h*llo', 'h[llo', 'hallo', 'hxllo'])
  t.strictSame(await keys('h[a-e]llo'), ['hallo', 'hello'])
  t.strictSame(await keys('h\\*llo'), ['h*llo'])
  t.strictSame(await keys('h[\\[*]llo'), ['h*llo', 'h[llo'])
  t.strictSame(await keys('hello'), ['hello'])
  await client.expect('KEYS nothing*', '*0\r\n')
})

t.test('SCAN and its options', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SCAN 0', '*2\r\n$1\r\n0\r\n*0\r\n')
  await client.expect('SET one 1', OK)
  await client.expect('SCAN 0 COUNT 1000', `*2\r\n$1\r\n0\r\n*1\r\n${bulk('one')}`)
  await client.expect('SCAN 0 COUNT 1000 MATCH o*', `*2\r\n$1\r\n0\r\n*1\r\n${bulk('one')}`)
  await client.expect('SCAN 0 MATCH x* COUNT 1000', '*2\r\n$1\r\n0\r\n*0\r\n')
  await client.expect('SCAN 0 COUNT 1000 TYPE string', `*2\r\n$1\r\n0\r\n*1\r\n${bulk('one')}`)
  await client.expect('SCAN 0 COUNT 1000 TYPE list', '*2\r\n$1\r\n0\r\n*0\r\n')
  await client.expect('SCAN 18446744073709551615', '*2\r\n$1\r\n0\r\n*0\r\n')
  for (const cursor of ['x', '-1', '1.5', '18446744073709551616'])
    await client.expect(`SCAN ${cursor}`, '-ERR invalid cursor\r\n')
  for (const options of ['COUNT', 'COUNT 0', 'COUNT -1', 'word 1'])
    await client.expect(`SCAN 0 ${options}`, '-ERR syntax error\r\n')
  await client.expect('SCAN 0 COUNT x', '-ERR value is not an integer or out of range\r\n')
})
