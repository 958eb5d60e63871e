import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { portIn, startExample } from './support/program.js'
import { dialRedis } from './support/redis.js'
import { dial, Wire } from './support/wire.js'

const outside = Object.values(networkInterfaces())
  .flat()
  .find((end) => end !== undefined && end.family === 'IPv4' && !end.internal)?.address

t.test('--maxclients: one more is told so, and served when another has left', async (t) => {
  const program = startExample(t, 'redis-server', '--port', '0', '--maxclients', '2')
  const port = portIn(await program.line())
  const first = await dialRedis(t, port)
  const second = await dialRedis(t, port)
  await first.expect('PING', '+PONG\r\n')
  await second.expect('CONFIG GET maxclients', '*2\r\n$10\r\nmaxclients\r\n$1\r\n2\r\n')
  t.equal(await (await dial(t, port)).rest(), '-ERR max number of clients reached\r\n')
  t.match(await first.ask('INFO', 'stats'), /\r\nrejected_connections:1\r\n/)
  t.match(await first.ask('INFO', 'clients'), /\r\nmaxclients:2\r\n/)
  second.wire.write('QUIT\r\n')
  await second.wire.rest()
  // Its place is free once the server has seen its end, too.
  while (!/\r\nconnected_clients:1\r\n/.test(await first.ask('INFO', 'clients')));
  await (await dialRedis(t, port)).expect('PING', '+PONG\r\n')
})

t.test('--maxclients beyond what the system allows is lowered, and said', async (t) => {
  const program = startExample(t, 'redis-server', '--port', '0', '--maxclients', '900000000')
  const client = await dialRedis(t, portIn(await program.line()))
  await client.expect('PING', '+PONG\r\n')
  program.kill('SIGTERM')
  t.match((await program.ended).stderr, /maxConnections is lowered from 900000000 to \d+: .*descriptors/)
})

t.test('--timeout: a client that is silent is closed, one that speaks is not', async (t) => {
  const program = startExample(t, 'redis-server', '--port', '0', '--timeout', '1')
  const port = portIn(await program.line())
  const [silent, lively] = [await dialRedis(t, port), await dialRedis(t, port)]
  await silent.expect('CONFIG GET timeout', '*2\r\n$7\r\ntimeout\r\n$1\r\n1\r\n')
  const pings = setInterval(() => lively.wire.write('PING\r\n'), 200)
  t.equal(await silent.wire.rest(), '')
  clearInterval(pings)
  lively.wire.write('QUIT\r\n')
  t.match(await lively.wire.rest(), /^(\+PONG\r\n){3,}\+OK\r\n$/)
})

t.test('a bad --maxclients is one line', async (t) => {
  const { code, stderr } = await startExample(t, 'redis-server', '--maxclients', '0').ended
  t.equal(code, 2)
  t.equal(stderr, 'redis-server: --maxclients: expected a whole number from 1 on, got "0"; try --help\n')
})

t.test('protected mode', outside === undefined ? { skip: 'there is no network but the loopback' } : {}, async (t) => {
  const from = async (port: number, host: string) => {
    const socket = connect({ port, host })
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    return new Wire(socket)
  }
  const guarded = startExample(t, 'redis-server', '--port', '0', '--host', '0.0.0.0')
  const port = portIn(await guarded.line())
  const stranger = await from(port, outside as string)
  stranger.write('PING\r\n')
  t.match(await stranger.rest(), /^-DENIED [^\r\n]+\r\n$/)
  await (await dialRedis(t, port)).expect('CONFIG GET protected-mode', '*2\r\n$14\r\nprotected-mode\r\n$3\r\nyes\r\n')

  const open = startExample(t, 'redis-server', '--port', '0', '--host', '0.0.0.0', '--protected-mode', 'no')
  const guest = await from(portIn(await open.line()), outside as string)
  guest.write('PING\r\n')
  t.equal(await guest.line(), '+PONG\r\n')
})
