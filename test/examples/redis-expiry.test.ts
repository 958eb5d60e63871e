// Keys that expire. Times are short and waited for by asking; none is asserted.
import t from 'tap'
import { until } from './support/program.js'
import { bulk, request, startRedis } from './support/redis.js'

const OK = '+OK\r\n'

t.test('EXPIRE, PEXPIRE, TTL, PTTL, PERSIST', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('TTL a', ':-2\r\n')
  await client.expect('PTTL a', ':-2\r\n')
  await client.expect('EXPIRE a 10', ':0\r\n')
  await client.expect('SET a 1', OK)
  await client.expect('TTL a', ':-1\r\n')
  await client.expect('PERSIST a', ':0\r\n')
  await client.expect('EXPIRE a 100', ':1\r\n')
  await client.expect('TTL a', ':100\r\n')
  t.match(await client.ask('PTTL', 'a'), /^:(99\d{3}|100000)\r\n$/)
  await client.expect('PEXPIRE a 200000', ':1\r\n')
  await client.expect('TTL a', ':200\r\n')
  await client.expect('PERSIST a', ':1\r\n')
  await client.expect('TTL a', ':-1\r\n')
  await client.expect('EXPIREAT a 99999999999', ':1\r\n')
  await client.expect('EXPIRETIME a', ':99999999999\r\n')
  await client.expect('PEXPIREAT a 99999999999123', ':1\r\n')
  await client.expect('PEXPIRETIME a', ':99999999999123\r\n')
  await client.expect('GET a', bulk('1'))
})

t.test('the conditions of EXPIRE', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SET a 1', OK)
  await client.expect('EXPIRE a 100 XX', ':0\r\n')
  await client.expect('EXPIRE a 100 GT', ':0\r\n')
  await client.expect('EXPIRE a 100 LT', ':1\r\n')
  await client.expect('EXPIRE a 100 NX', ':0\r\n')
  await client.expect('EXPIRE a 50 GT', ':0\r\n')
  await client.expect('EXPIRE a 500 LT', ':0\r\n')
  await client.expect('EXPIRE a 200 gt', ':1\r\n')
  await client.expect('EXPIRE a 150 XX LT', ':1\r\n')
  await client.expect('TTL a', ':150\r\n')
  await client.expect('PERSIST a', ':1\r\n')
  await client.expect('EXPIRE a 100 NX', ':1\r\n')
  for (const options of ['NX XX', 'NX GT', 'LT NX']) {
    await client.expect(
      `EXPIRE a 1 ${options}`,
      '-ERR NX and XX, GT or LT options at the same time are not compatible\r\n'
    )
  }
  await client.expect('EXPIRE a 1 GT LT', '-ERR GT and LT options at the same time are not compatible\r\n')
  await client.expect('EXPIRE a 1 word', '-ERR Unsupported option word\r\n')
  await client.expect('EXPIRE a x', '-ERR value is not an integer or out of range\r\n')
  await client.expect('EXPIRE a 9223372036854775807', "-ERR invalid expire time in 'expire' command\r\n")
  await client.expect('PEXPIRE a 9223372036854775807', "-ERR invalid expire time in 'pexpire' command\r\n")
  await client.expect('TTL a', ':100\r\n')
})

t.test('a time that is over deletes the key', async (t) => {
  const { client } = await startRedis(t)
  for (const command of ['EXPIRE a 0', 'EXPIRE a -1', 'PEXPIRE a -5', 'EXPIREAT a 1', 'EXPIRE a -9223372036854775']) {
    await client.expect('SET a 1', OK)
    await client.expect(command, ':1\r\n')
    await client.expect('EXISTS a', ':0\r\n')
  }
  await client.expect('DBSIZE', ':0\r\n')
})

t.test('a key is gone for every command once its time has come', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SET a 1 PX 30', OK)
  await until('a is gone', async () => (await client.ask('GET', 'a')) === '$-1\r\n')
  await client.expect('EXISTS a', ':0\r\n')
  for (const command of ['INCR', 'STRLEN', 'TTL', 'TYPE', 'GETDEL', 'PERSIST']) {
    await client.expect('SET a 5', OK)
    await client.expect('PEXPIRE a 1', ':1\r\n')
    // PTTL tells of the time without touching the key's value.
    await until('the time has come', async () => (await client.ask('PTTL', 'a')) === ':-2\r\n')
    const fresh = await client.ask(command, `never:${command}`)
    await client.expect([command, 'a'], fresh)
    await client.ask('DEL', 'a')
  }
  await client.expect('SET a 5 PX 1', OK)
  await until('the time has come', async () => (await client.ask('EXISTS', 'a')) === ':0\r\n')
  await client.expect('SET a 6 XX', '$-1\r\n')
  await client.expect('SET a 6 KEEPTTL', OK)
  await client.expect('TTL a', ':-1\r\n')
})

t.test('keys that nobody asks for are removed too', async (t) => {
  const { client } = await startRedis(t)
  const keys = Array.from({ length: 10_000 }, (_, index) => request('SET', `short:${index}`, 'x', 'PX', '20'))
  await client.askRaw(keys.join('') + request('SET', 'long', 'x', 'EX', '1000') + request('SET', 'stays', 'x'))
  await until('only two keys are left', async () => (await client.ask('DBSIZE')) === ':2\r\n')
  t.match(await client.ask('INFO', 'keyspace'), 'db0:keys=2,expires=1')
  t.match(await client.ask('INFO', 'stats'), 'expired_keys:10000')
})
