// Integers are exact over the whole range of 64 bits.
import t from 'tap'
import { bulk, startRedis } from './support/redis.js'

const OK = '+OK\r\n'
const NOT_AN_INTEGER = '-ERR value is not an integer or out of range\r\n'
const OVERFLOW = '-ERR increment or decrement would overflow\r\n'
const MAX = '9223372036854775807'
const MIN = '-9223372036854775808'

t.test('INCR, DECR, INCRBY, DECRBY', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('INCR n', ':1\r\n')
  await client.expect('INCRBY n 41', ':42\r\n')
  await client.expect('DECR n', ':41\r\n')
  await client.expect('DECRBY n 50', ':-9\r\n')
  await client.expect('GET n', bulk('-9'))
  await client.expect('DECR fresh', ':-1\r\n')
  await client.expect('DECRBY another -5', ':5\r\n')
  await client.expect('EXPIRE n 100', ':1\r\n')
  await client.expect('INCRBY n 1000000000000', ':999999999991\r\n')
  await client.expect('TTL n', ':100\r\n')
})

t.test('beyond 53 bits', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SET n 9007199254740991', OK)
  for (const last of [2, 3, 4, 5]) await client.expect('INCR n', `:900719925474099${last}\r\n`)
  await client.expect('INCRBY n 9007199254740993', ':18014398509481988\r\n')
  await client.expect('DECRBY n 18014398509481989', ':-1\r\n')
  await client.expect(`INCRBY n ${MAX}`, ':9223372036854775806\r\n')
  await client.expect('INCR n', `:${MAX}\r\n`)
  await client.expect('INCR n', OVERFLOW)
  await client.expect('GET n', bulk(MAX))
  await client.expect(`SET n ${MIN}`, OK)
  await client.expect('DECR n', OVERFLOW)
  await client.expect(`DECRBY n ${MIN}`, '-ERR decrement would overflow\r\n')
  await client.expect('INCRBY n 9007199254740993', ':-9214364837600034815\r\n')
  await client.expect(`INCRBY n ${MIN}`, OVERFLOW)
})

t.test('what is no integer', async (t) => {
  const { client } = await startRedis(t)
  const texts = [
    '',
    ' 7',
    '7 ',
    '+7',
    '07',
    '-0',
    '-',
    '1.5',
    '1e3',
    '0x10',
    'seven',
    '9223372036854775808',
    '1'.repeat(21)
  ]
  for (const text of texts) {
    await client.expect(['SET', 'n', text], OK)
    await client.expect('INCR n', NOT_AN_INTEGER)
    await client.expect(['INCRBY', 'fresh', text], NOT_AN_INTEGER)
    await client.expect(['DECRBY', 'fresh', text], NOT_AN_INTEGER)
    await client.expect('GET n', bulk(text))
  }
  await client.expect('EXISTS fresh', ':0\r\n')
})
