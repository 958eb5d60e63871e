/**
 * A server that speaks Redis's protocol: strings, counters, expiry, in memory.
 *
 *     node packages/examples/dist/redis-server.js --port 6380
 *     redis-cli -p 6380 set greeting hello
 *     node packages/examples/dist/redis-server.js --listen unix:///tmp/redis.sock   # redis-cli -s /tmp/redis.sock
 *     redis-benchmark -p 6380 -t ping,set,get -q -P 128
 */
import { choiceFlag, listenFlag, numberFlag, portFlag, readFlags, refuse, textFlag } from './command-line/flags.js'
import { places, run } from './command-line/program.js'
import { RedisServer } from './redis/server.js'

const { port, host, maxclients, timeout, appendonly, ...flags } = readFlags(
  'redis-server',
  'Speaks the protocol of Redis. Keys live in memory.',
  {
    port: portFlag(6380, 'TCP port to listen on; 0 lets the system choose'),
    host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
    listen: listenFlag(),
    maxclients: numberFlag(10_000, 1, 'connections at the most; one more is told so and closed'),
    timeout: numberFlag(0, 0, 'close a client that is silent for so many seconds; 0 for never'),
    'protected-mode': choiceFlag(['yes', 'no'], 'serve nobody from another machine, since there is no password'),
    appendonly: choiceFlag(['no', 'yes'], 'keep changes in a file')
  }
)
if (appendonly === 'yes') {
  refuse('redis-server', '--appendonly yes is not possible yet, because keys live in memory only')
}

const isProtected = flags['protected-mode'] === 'yes'
const server = new RedisServer({ maxClients: maxclients, isProtected, timeout })
await run('redis-server', server, ...places('redis-server', flags.listen, { host, port }))
