// The commands about the connection: HELLO in all its forms, CLIENT, SELECT, RESET, AUTH, PING and ECHO.
import t from 'tap'
import { bulk, type RedisWire, startRedis } from './support/redis.js'

const OK = '+OK\r\n'
const NAME_ERROR = '-ERR Client names cannot contain spaces, newlines or special characters.\r\n'

function helloReply(version: 2 | 3, id: string): string {
  const first = version === 3 ? '%7' : '*14'
  return (
    `${first}\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n$5\r\nproto\r\n:${version}\r\n` +
    `$2\r\nid\r\n:${id}\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n`
  )
}

async function idOf(client: RedisWire): Promise<string> {
  return (await client.ask('CLIENT', 'ID')).slice(1, -2)
}

t.test('HELLO', async (t) => {
  const { client } = await startRedis(t)
  const id = await idOf(client)
  await client.expect('HELLO', helloReply(2, id))
  await client.expect('HELLO 2', helloReply(2, id))
  await client.expect('HELLO 3', helloReply(3, id))
  await client.expect('HELLO', helloReply(3, id))
  await client.expect('GET nothing', '_\r\n')
  await client.expect('HELLO 2', helloReply(2, id))
  await client.expect('GET nothing', '$-1\r\n')
  await client.expect('hello 3 auth default anything setname me', helloReply(3, id))
  await client.expect('CLIENT GETNAME', bulk('me'))
  await client.expect('HELLO 3 SETNAME a AUTH default x SETNAME b', helloReply(3, id))
  await client.expect('CLIENT GETNAME', bulk('b'))
})

t.test('what HELLO refuses changes nothing', async (t) => {
  const { client } = await startRedis(t)
  for (const version of ['x', '', '3.0', '03']) {
    await client.expect(['HELLO', version], '-ERR Protocol version is not an integer or out of range\r\n')
  }
  for (const version of ['1', '4', '-3', '9223372036854775807']) {
    await client.expect(['HELLO', version], '-NOPROTO unsupported protocol version\r\n')
  }
  await client.expect('HELLO 3 word', "-ERR Syntax error in HELLO option 'word'\r\n")
  await client.expect('HELLO 3 AUTH user', "-ERR Syntax error in HELLO option 'AUTH'\r\n")
  await client.expect('HELLO 3 SETNAME', "-ERR Syntax error in HELLO option 'SETNAME'\r\n")
  await client.expect(['HELLO', '3', 'a\r\nb'], "-ERR Syntax error in HELLO option 'a  b'\r\n")
  for (const name of ['a b', 'a\n', '\xe9', '\x7f']) await client.expect(['HELLO', '3', 'SETNAME', name], NAME_ERROR)
  await client.expect(
    'HELLO 3 SETNAME me AUTH somebody secret',
    '-WRONGPASS invalid username-password pair or user is disabled.\r\n'
  )
  await client.expect('CLIENT GETNAME', '$-1\r\n')
  await client.expect('GET nothing', '$-1\r\n')
})

t.test('replies of both versions', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('MGET a b', '*2\r\n$-1\r\n$-1\r\n')
  await client.expect('CONFIG GET save', '*2\r\n$4\r\nsave\r\n$0\r\n\r\n')
  await client.expect('COMMAND INFO nothing', '*1\r\n$-1\r\n')
  await client.ask('HELLO', '3')
  await client.expect('MGET a b', '*2\r\n_\r\n_\r\n')
  await client.expect('CONFIG GET save', '%1\r\n$4\r\nsave\r\n$0\r\n\r\n')
  await client.expect('COMMAND INFO nothing', '*1\r\n_\r\n')
  await client.expect('SET a 1 XX', '_\r\n')
  await client.expect('COMMAND DOCS nothing', '%0\r\n')
  t.match(await client.ask('INFO', 'server'), /^=\d+\r\ntxt:# Server\r\n/)
})

t.test('RESET', async (t) => {
  const { client } = await startRedis(t)
  await client.ask('HELLO', '3', 'SETNAME', 'me')
  await client.expect('RESET', '+RESET\r\n')
  await client.expect('GET nothing', '$-1\r\n')
  await client.expect('CLIENT GETNAME', '$-1\r\n')
})

t.test('CLIENT', async (t) => {
  const { client } = await startRedis(t)
  t.match(await client.ask('CLIENT', 'ID'), /^:\d+\r\n$/)
  await client.expect('CLIENT GETNAME', '$-1\r\n')
  await client.expect('CLIENT SETNAME me', OK)
  await client.expect('CLIENT GETNAME', bulk('me'))
  await client.expect(['CLIENT', 'SETNAME', 'a b'], NAME_ERROR)
  await client.expect('CLIENT SETINFO lib-name mine', OK)
  await client.expect('client setinfo LIB-VER 1.0', OK)
  await client.expect('CLIENT SETINFO lib-color red', "-ERR Unrecognized option 'lib-color'\r\n")
  await client.expect(
    ['CLIENT', 'SETINFO', 'lib-name', 'a b'],
    '-ERR lib-name cannot contain spaces, newlines or special characters.\r\n'
  )
  const info = await client.ask('CLIENT', 'INFO')
  t.match(
    info,
    /^\$\d+\r\nid=\d+ addr=127\.0\.0\.1:\d+ laddr=127\.0\.0\.1:\d+ .*name=me .*resp=2 lib-name=mine lib-ver=1\.0\n\r\n$/
  )
  await client.expect(['CLIENT', 'SETNAME', ''], OK)
  await client.expect('CLIENT GETNAME', '$-1\r\n')
  await client.expect('CLIENT NO-EVICT on', OK)
  await client.expect('CLIENT NO-EVICT perhaps', '-ERR syntax error\r\n')
  await client.expect(
    'CLIENT MAINT_NOTIFICATIONS ON',
    "-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.\r\n"
  )
  await client.expect('CLIENT', "-ERR wrong number of arguments for 'client' command\r\n")
  await client.expect('CLIENT SETNAME', "-ERR wrong number of arguments for 'client|setname' command\r\n")
  t.match(await client.ask('CLIENT', 'HELP'), /^\*\d+\r\n\+CLIENT <subcommand>/)
})

t.test('PING, ECHO, SELECT, AUTH', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('PING', '+PONG\r\n')
  await client.expect('PING hello', bulk('hello'))
  await client.expect('PING a b', "-ERR wrong number of arguments for 'ping' command\r\n")
  await client.expect(['ECHO', '\x00\r\n\xff'], bulk('\x00\r\n\xff'))
  await client.expect('SELECT 0', OK)
  await client.expect('SELECT 1', '-ERR DB index is out of range\r\n')
  await client.expect('SELECT -1', '-ERR DB index is out of range\r\n')
  await client.expect('SELECT x', '-ERR value is not an integer or out of range\r\n')
  await client.expect('AUTH default x', OK)
  await client.expect('AUTH somebody x', '-WRONGPASS invalid username-password pair or user is disabled.\r\n')
  t.match(await client.ask('AUTH', 'x'), /^-ERR AUTH <password> called without any password configured/)
})
