// INFO, CONFIG, COMMAND and SHUTDOWN.
import t from 'tap'
import { bulk, dialRedis, request, startRedis } from './support/redis.js'

const OK = '+OK\r\n'

t.test('INFO', async (t) => {
  const { client, port } = await startRedis(t)
  const info = await client.ask('INFO')
  for (const section of ['Server', 'Clients', 'Memory', 'Persistence', 'Stats', 'Replication', 'CPU', 'Keyspace']) {
    t.match(info, `# ${section}\r\n`)
  }
  t.match(info, '\r\nredis_version:7.4.0\r\n')
  t.match(info, `\r\ntcp_port:${port}\r\n`)
  t.match(info, '\r\nloading:0\r\n')
  t.match(info, '\r\nrole:master\r\n')
  t.match(info, '\r\nconnected_clients:1\r\n')
  await client.ask('SET', 'a', '1')
  await client.ask('GET', 'a')
  await client.ask('GET', 'b')
  const some = await client.ask('INFO', 'stats', 'KEYSPACE')
  t.match(some, 'keyspace_hits:1\r\nkeyspace_misses:1\r\n')
  t.match(some, '# Keyspace\r\ndb0:keys=1,expires=0')
  t.notMatch(some, '# Server')
  await client.expect('INFO nothing', bulk(''))
  t.match(await client.ask('INFO', 'everything'), '# Server')
})

t.test('CONFIG', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('CONFIG GET save', `*2\r\n${bulk('save')}${bulk('')}`)
  await client.expect('CONFIG GET appendonly', `*2\r\n${bulk('appendonly')}${bulk('no')}`)
  await client.expect('config get APPEND* sa?e', `*4\r\n${bulk('appendonly')}${bulk('no')}${bulk('save')}${bulk('')}`)
  await client.expect('CONFIG GET nothing', '*0\r\n')
  await client.expect('CONFIG SET appendonly no', OK)
  await client.expect('CONFIG SET active-expire-effort 5', OK)
  await client.expect('CONFIG GET active-expire-effort', `*2\r\n${bulk('active-expire-effort')}${bulk('5')}`)
  const failed = (name: string, why: string) =>
    `-ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}\r\n`
  await client.expect('CONFIG SET appendonly yes', failed('appendonly', "can't set immutable config"))
  await client.expect(
    'CONFIG SET active-expire-effort 2 active-expire-effort 11',
    failed('active-expire-effort', 'argument must be between 1 and 10 inclusive')
  )
  await client.expect('CONFIG GET active-expire-effort', `*2\r\n${bulk('active-expire-effort')}${bulk('5')}`)
  await client.expect('CONFIG SET word x', "-ERR Unknown option or number of arguments for CONFIG SET - 'word'\r\n")
  await client.expect('CONFIG SET a', "-ERR wrong number of arguments for 'config|set' command\r\n")
  await client.expect('CONFIG RESETSTAT', OK)
  await client.expect('CONFIG REWRITE', '-ERR The server is running without a config file\r\n')
  await client.expect('CONFIG WORD', "-ERR unknown subcommand 'WORD'. Try CONFIG HELP.\r\n")
})

t.test('COMMAND', async (t) => {
  const { client } = await startRedis(t)
  const count = Number((await client.ask('COMMAND', 'COUNT')).slice(1))
  t.ok(count > 40)
  t.match(
    await client.ask('COMMAND'),
    new RegExp(`^\\*${count}\r\n\\*10\r\n\\$3\r\nget\r\n:2\r\n\\*2\r\n\\+readonly\r\n\\+fast\r\n:1\r\n:1\r\n:1\r\n`)
  )
  t.match(await client.ask('COMMAND', 'INFO', 'mset', 'nothing'), /^\*2\r\n\*10\r\n\$4\r\nmset\r\n:-3\r\n.*\$-1\r\n$/s)
  const docs = await client.ask('COMMAND', 'DOCS', 'set', 'nothing')
  t.match(docs, /^\*2\r\n\$3\r\nset\r\n\*8\r\n\$7\r\nsummary\r\n/)
  t.match(await client.ask('COMMAND', 'DOCS'), new RegExp(`^\\*${count * 2}\r\n`))
  t.match(await client.ask('COMMAND', 'LIST'), new RegExp(`^\\*${count}\r\n`))
  t.notMatch(await client.ask('COMMAND', 'LIST'), 'host:')
})

t.test('SHUTDOWN stops the server', async (t) => {
  for (const words of [[], ['NOSAVE'], ['save', 'force'], ['NOW']]) {
    const { client, port, program } = await startRedis(t)
    const other = await dialRedis(t, port)
    await other.expect('PING', '+PONG\r\n')
    client.wire.write(request('SHUTDOWN', ...words) + request('PING'))
    t.equal(await client.wire.rest(), '', 'no reply')
    t.equal(await other.wire.rest(), '')
    t.equal((await program.ended).code, 0)
  }
})

t.test('SHUTDOWN refuses what makes no sense', async (t) => {
  const { client } = await startRedis(t)
  await client.expect('SHUTDOWN word', '-ERR syntax error\r\n')
  await client.expect('SHUTDOWN SAVE NOSAVE', '-ERR syntax error\r\n')
  await client.expect('SHUTDOWN ABORT NOW', '-ERR syntax error\r\n')
  await client.expect('SHUTDOWN ABORT', '-ERR No shutdown in progress.\r\n')
  await client.expect('SHUTDOWN SAVE', '-ERR Errors trying to SHUTDOWN. Check logs.\r\n')
  await client.expect('PING', '+PONG\r\n')
})
