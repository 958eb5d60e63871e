// What a server must do with requests that are strange, hostile or too late, sent as raw bytes.
import t from 'tap'
import { dialRedis, request, startRedis } from './support/redis.js'
import { dial } from './support/wire.js'

t.test('commands behind QUIT do not run', async (t) => {
  const { client, port } = await startRedis(t)
  const wire = await dial(t, port)
  wire.write(`${request('SET', 'a', '1')}${request('QUIT')}${request('SET', 'a', '2')}PING\r\n`.repeat(50))
  t.equal(await wire.rest(), '+OK\r\n+OK\r\n')
  await client.expect('GET a', '$1\r\n1\r\n')
  const late = await dial(t, port)
  late.write(request('QUIT'))
  t.equal(await late.read(5), '+OK\r\n')
  late.write(request('SET', 'a', '3'))
  await late.rest()
  await client.expect('GET a', '$1\r\n1\r\n')
})

t.test('a protocol error comes behind the replies before it, and ends the connection', async (t) => {
  const { client, port } = await startRedis(t)
  const wire = await dial(t, port)
  wire.write(`${request('SET', 'a', '1')}*1\r\n:5\r\n${request('SET', 'a', '2')}`)
  t.equal(await wire.rest(), "+OK\r\n-ERR Protocol error: expected '$', got ':'\r\n")
  await client.expect('GET a', '$1\r\n1\r\n')
})

t.test('HTTP is disconnected before anything of it runs', async (t) => {
  const { client, port, program } = await startRedis(t)
  for (const start of ['POST / HTTP/1.1\r\n', 'host: localhost\r\n', request('post', 'x'), request('Host:', 'x')]) {
    const wire = await dial(t, port)
    wire.write(`${start}${request('SET', 'attack', '1')}`)
    t.equal(await wire.rest(), '')
  }
  await client.expect('EXISTS attack', ':0\r\n')
  program.kill('SIGTERM')
  const { stderr } = await program.ended
  t.match(stderr, /^redis-server: possible SECURITY ATTACK: 127\.0\.0\.1:\d+ [^\n]*\n$/, 'said once')
})

t.test('a PROXY header that nobody expects is an error, and nothing behind it runs', async (t) => {
  const { client, port } = await startRedis(t)
  const wire = await dial(t, port)
  wire.write(`PROXY TCP4 203.0.113.9 203.0.113.10 1 2\r\n${request('SET', 'a', '1')}`)
  t.equal(await wire.rest(), '-ERR Protocol error: a PROXY header came, and none is expected\r\n')
  await client.expect('EXISTS a', ':0\r\n')
})

t.test('unknown commands', async (t) => {
  const { client } = await startRedis(t)
  const begin = (name: string) => `-ERR unknown command '${name}', with args beginning with: `
  await client.expect('Nonsense', `${begin('Nonsense')}\r\n`)
  await client.expect('nonsense a b', `${begin('nonsense')}'a' 'b' \r\n`)
  await client.expect(['', 'a'], `${begin('')}'a' \r\n`)
  await client.expect(['x'.repeat(200)], `${begin('x'.repeat(128))}\r\n`)
  await client.expect(
    ['x', 'a'.repeat(100), 'b'.repeat(100), 'c'],
    `${begin('x')}'${'a'.repeat(100)}' '${'b'.repeat(25)}' \r\n`
  )
  await client.expect(['a\r\nb', 'c\nd', 'e\x00f'], `${begin('a  b')}'c d' 'e' \r\n`)
  t.equal(await client.askRaw('GET / HTTP/1.1\r\n'), "-ERR wrong number of arguments for 'get' command\r\n")
  t.equal(await client.askRaw('$5\r\nhallo\r\n'), `${begin('$5')}\r\n${begin('hallo')}\r\n`)
})

t.test('inline commands, and empty ones', async (t) => {
  const { client } = await startRedis(t)
  t.equal(await client.askRaw('SET key "a \\x00 value"\r\n'), '+OK\r\n')
  t.equal(await client.askRaw("get 'key'\n"), '$9\r\na \0 value\r\n')
  t.equal(await client.askRaw('\r\n*0\r\n*-1\r\n\n   \r\n'), '')
})

t.test('ten thousand requests in one write keep their order', async (t) => {
  const { client, port } = await startRedis(t)
  const { wire } = await dialRedis(t, port)
  let sent = ''
  let expected = ''
  for (let index = 0; index < 10_000; index++) {
    sent += request('SET', `key:${index % 100}`, String(index)) + request('GET', `key:${index % 100}`) + request('PING')
    expected += `+OK\r\n$${String(index).length}\r\n${index}\r\n+PONG\r\n`
  }
  wire.write(sent)
  t.equal(await wire.read(expected.length), expected)
  await client.expect('DBSIZE', ':100\r\n')
})

t.test('a request in single bytes', async (t) => {
  const { client } = await startRedis(t)
  for (const byte of request('SET', 'slow', 'value')) client.wire.write(byte)
  t.equal(await client.wire.read(5), '+OK\r\n')
  await client.expect('GET slow', '$5\r\nvalue\r\n')
})
