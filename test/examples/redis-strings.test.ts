// Strings, byte for byte. One server for each test, so that they do not see each other's keys.
import t from 'tap'
import { bulk, request, startRedis } from './support/redis.js'

const OK = '+OK\r\n'
const NULL = '$-1\r\n'
const SYNTAX = '-ERR syntax error\r\n'
const NOT_AN_INTEGER = '-ERR value is not an integer or out of range\r\n'
const INVALID_EXPIRE = "-ERR invalid expire time in 'set' command\r\n"

t.test('SET and GET', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SET a 1', OK)
  await client.expect('GET a', bulk('1'))
  await client.expect('get a', bulk('1'))
  await client.expect('SET a another', OK)
  await client.expect('GET a', bulk('another'))
  await client.expect(['SET', '', ''], OK)
  await client.expect(['GET', ''], bulk(''))
  await client.expect('GET nothing', NULL)
  await client.expect('GET', "-ERR wrong number of arguments for 'get' command\r\n")
  await client.expect('GET a b', "-ERR wrong number of arguments for 'get' command\r\n")
  await client.expect('SET a', "-ERR wrong number of arguments for 'set' command\r\n")
})

t.test('the options of SET', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SET a 1 XX', NULL)
  await client.expect('SET a 1 nx', OK)
  await client.expect('SET a 2 NX', NULL)
  await client.expect('SET a 2 XX', OK)
  await client.expect('SET a 3 GET', bulk('2'))
  await client.expect('SET a 4 NX GET', bulk('3'))
  await client.expect('GET a', bulk('3'))
  await client.expect('SET b 1 XX GET', NULL)
  await client.expect('SET b 1 NX GET', NULL)
  await client.expect('GET b', bulk('1'))

  await client.expect('SET a 1 EX 100', OK)
  await client.expect('TTL a', ':100\r\n')
  await client.expect('SET a 2 KEEPTTL', OK)
  await client.expect('TTL a', ':100\r\n')
  await client.expect('SET a 3', OK)
  await client.expect('TTL a', ':-1\r\n')
  await client.expect('SET a 1 PX 100000', OK)
  await client.expect('TTL a', ':100\r\n')
  await client.expect('SET a 1 EXAT 99999999999', OK)
  await client.expect('PEXPIRETIME a', ':99999999999000\r\n')
  await client.expect('SET a 1 PXAT 99999999999999', OK)
  await client.expect('PEXPIRETIME a', ':99999999999999\r\n')
  await client.expect('SET a 1 PXAT 1', OK)
  await client.expect('GET a', NULL)
  await client.expect('SET a 1 KEEPTTL', OK)
  await client.expect('TTL a', ':-1\r\n')
})

t.test('what SET refuses', async (t) => {
  const { client } = await startRedis(t)
  for (const options of [
    'EX',
    'NX XX',
    'XX NX',
    'EX 10 PX 10',
    'EX 10 KEEPTTL',
    'KEEPTTL EX 10',
    'word',
    'EX x word'
  ]) {
    await client.expect(`SET a 1 ${options}`, SYNTAX)
  }
  for (const time of ['x', '1.5', '', '01', '+1', '9223372036854775808']) {
    await client.expect(['SET', 'a', '1', 'EX', time], NOT_AN_INTEGER)
  }
  for (const time of ['EX 0', 'EX -1', 'PX 0', 'EXAT 0', 'PXAT -5', 'EX 9223372036854775', 'PX 9223372036854775807']) {
    await client.expect(`SET a 1 ${time}`, INVALID_EXPIRE)
  }
  await client.expect('EXISTS a', ':0\r\n')
})

t.test('GETSET, GETDEL, SETNX, MGET, MSET, APPEND, STRLEN', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('GETSET a 1', NULL)
  await client.expect('EXPIRE a 100', ':1\r\n')
  await client.expect('GETSET a 2', bulk('1'))
  await client.expect('TTL a', ':-1\r\n')
  await client.expect('GETDEL a', bulk('2'))
  await client.expect('GETDEL a', NULL)
  await client.expect('SETNX a 1', ':1\r\n')
  await client.expect('SETNX a 2', ':0\r\n')
  await client.expect('MSET a 5 b 6 a 7', OK)
  await client.expect('MGET a b c a', `*4\r\n${bulk('7')}${bulk('6')}${NULL}${bulk('7')}`)
  await client.expect('MSET a 1 b', "-ERR wrong number of arguments for 'mset' command\r\n")
  await client.expect('APPEND a 89', ':3\r\n')
  await client.expect('APPEND new text', ':4\r\n')
  await client.expect('MGET a new', `*2\r\n${bulk('789')}${bulk('text')}`)
  await client.expect('STRLEN a', ':3\r\n')
  await client.expect('STRLEN nothing', ':0\r\n')
})

t.test('keys and values are bytes', async (t) => {
  const { client } = await startRedis(t)
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('')
  const values = [all, '\r\n', '$5\r\nhello\r\n', '\x00', all.repeat(10), all.repeat(100), all.repeat(10_000)]
  for (const value of values) {
    await client.expect(['SET', all, value], OK)
    await client.expect(['GET', all], bulk(value))
    await client.expect(['SET', value, all], OK)
    await client.expect(['GET', value], bulk(all))
    await client.expect(['STRLEN', value], `:${all.length}\r\n`)
  }
  for (let length = 0; length < 70; length++) {
    const text = all.slice(100, 100 + length)
    await client.expect(['SET', text, text], OK)
    await client.expect(['GETSET', text, `${text}.`], bulk(text))
    await client.expect(['GET', text], bulk(`${text}.`))
  }
  await client.expect(['GET', `${all}x`], NULL)
})

t.test('appending to ever longer values', async (t) => {
  const { client } = await startRedis(t)
  const piece = 'a piece of forty-one bytes, to be repeated'
  let length = 0
  for (let round = 0; round < 600; round++) {
    length += piece.length
    client.wire.write(request('APPEND', 'long', piece))
    const reply = `:${length}\r\n`
    if ((await client.wire.read(reply.length)) !== reply) t.fail(`the length after ${round} pieces`)
  }
  await client.expect('GET long', bulk(piece.repeat(600)))
  await client.expect('SET long short', OK)
  await client.expect('GET long', bulk('short'))
})
