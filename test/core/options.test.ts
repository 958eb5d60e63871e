import { line } from '@shiny/codecs'
import { Connection, Server, ShinyError } from '@shiny/core'
import t from 'tap'

class Silent extends Connection<string> {
  override onMessage(): void {}
}

const good = { codec: line(), connection: Silent, reactor: 'portable' }

function refusal(options: unknown): ShinyError {
  try {
    new Server(options as never)
  } catch (error) {
    if (error instanceof ShinyError) return error
  }
  throw new Error(`${JSON.stringify(options)} was not refused`)
}

t.test('each bad option is refused with its path and what was expected', async (t) => {
  const cases: [unknown, string, RegExp][] = [
    [undefined, 'options', /expected object, got undefined/],
    [null, 'options', /expected object, got null/],
    [{ ...good, codec: undefined }, 'codec', /expected object/],
    [{ ...good, codec: {} }, 'codec.name', /expected string/],
    [{ ...good, codec: { ...line(), decoder: 7 } }, 'codec.decoder', /expected a function/],
    [{ ...good, codec: { ...line(), maxBuffered: -1 } }, 'codec.maxBuffered', /at least 0/],
    [{ ...good, connection: undefined }, 'connection', /expected a class that extends Connection/],
    [{ ...good, connection: {} }, 'connection', /expected a class that extends Connection/],
    [{ ...good, reactor: 'fastest' }, 'reactor', /expected one of "auto", "native", "portable", got "fastest"/],
    [{ ...good, highWaterMark: '64k' }, 'highWaterMark', /expected .*number.*, got "64k"/],
    [{ ...good, highWaterMark: -1 }, 'highWaterMark', /at least 0, got -1/],
    [{ ...good, highWaterMark: 1.5 }, 'highWaterMark', /expected int/],
    [{ ...good, lowWaterMark: Number.NaN }, 'lowWaterMark', /expected/],
    [{ ...good, highWaterMark: 10, lowWaterMark: 10 }, 'lowWaterMark', /less than the high-water mark 10, got 10/],
    [{ ...good, maxQueued: 10 }, 'maxQueued', /at least the high-water mark 65536, got 10/],
    [{ ...good, timeouts: 1000 }, 'timeouts', /expected object, got 1000/],
    [{ ...good, timeouts: { idle: -1 } }, 'timeouts.idle', /expected milliseconds, 0 to 2147483647, or null, got -1/],
    [{ ...good, timeouts: { read: '1s' } }, 'timeouts.read', /expected milliseconds/],
    [{ ...good, timeouts: { write: 2 ** 31 } }, 'timeouts.write', /expected milliseconds/],
    [{ ...good, timeouts: { connect: 1 } }, 'timeouts.connect', /there is no such option/],
    [{ ...good, limits: { maxTotalQueued: 0 } }, 'limits.maxTotalQueued', /at least 1, got 0/],
    [{ ...good, limits: { maxTotalBuffered: 0.5 } }, 'limits.maxTotalBuffered', /expected int/],
    [{ ...good, backpressure: 'none' }, 'backpressure', /expected one of "hold", "manual"/],
    [{ ...good, access: { deny: 'all' } }, 'access', /expected array/],
    [{ ...good, access: ['10.0.0.0/8'] }, 'access.0', /expected one of allow and deny/],
    [{ ...good, access: [{ allow: 'all' }, { allow: '10.0.0.0/8', deny: 'all' }] }, 'access.1', /expected one of/],
    [{ ...good, access: [{ allow: { gid: 1 } }] }, 'access.0', /or a uid/],
    [{ ...good, access: [{ allow: 'all' }, { deny: '10.0.0.0/33' }] }, 'access.1.deny', /CIDR.*got "10.0.0.0\/33"/],
    [{ ...good, access: [{ allow: 'example.org' }] }, 'access.0.allow', /CIDR.*got "example.org"/],
    [{ ...good, limits: { maxConnections: 0 } }, 'limits.maxConnections', /at least 1, got 0/],
    [{ ...good, limits: { maxConnectionsPerPeer: 1.5 } }, 'limits.maxConnectionsPerPeer', /expected int/],
    [{ ...good, limits: { acceptRate: 0 } }, 'limits.acceptRate', /more than 0, got 0/],
    [
      { ...good, limits: { acceptRatePerPeer: { perSecond: 5, burst: 0 } } },
      'limits.acceptRatePerPeer.burst',
      /at least 1, got 0/
    ],
    [{ ...good, limits: { refusal: 7 } }, 'limits.refusal', /a string or bytes/],
    [{ ...good, limits: { maxconnections: 7 } }, 'limits.maxconnections', /there is no such option/],
    [{ ...good, proxyProtocol: {} }, 'proxyProtocol.from', /expected array/],
    [{ ...good, proxyProtocol: { from: [] } }, 'proxyProtocol.from', /at least 1/],
    [{ ...good, proxyProtocol: { from: ['::1', 'proxy.local'] } }, 'proxyProtocol.from.1', /CIDR.*got "proxy.local"/],
    [{ ...good, proxyProtocol: { from: ['::1'], timeout: 0 } }, 'proxyProtocol.timeout', /at least 1, got 0/],
    [{ ...good, highwatermark: 10 }, 'highwatermark', /there is no such option/]
  ]
  for (const [options, path, message] of cases) {
    const error = refusal(options)
    t.match(error, { name: 'ShinyError', code: 'ERR_OPTION', path, message })
    t.ok(error.message.startsWith(`option "${path}": `), error.message)
  }
})

t.test('good options', async (t) => {
  const server = new Server({ codec: line(), connection: Silent, reactor: 'portable', highWaterMark: 0, maxQueued: 0 })
  t.match(server.reactor, { kind: 'portable', backend: 'node:net' })
  t.equal(server.app, undefined)
  t.equal(server.listening, false)
  t.equal(server.connections.size, 0)
  t.strictSame(server.addresses, [])
})

t.test('the environment chooses the reactor where the option does not', async (t) => {
  const before = process.env.SHINY_REACTOR
  t.teardown(() => {
    if (before === undefined) delete process.env.SHINY_REACTOR
    else process.env.SHINY_REACTOR = before
  })
  process.env.SHINY_REACTOR = 'portable'
  t.equal(new Server({ codec: line(), connection: Silent }).reactor.kind, 'portable')
  process.env.SHINY_REACTOR = 'fastest'
  t.match(refusal({ codec: line(), connection: Silent }), { code: 'ERR_OPTION', path: 'SHINY_REACTOR' })
  t.equal(new Server({ codec: line(), connection: Silent, reactor: 'portable' }).reactor.kind, 'portable')
})

t.test('options of stop', async (t) => {
  const server = new Server({ codec: line(), connection: Silent, reactor: 'portable' })
  for (const timeout of [-1, '5s', Number.NaN, 2 ** 31, null]) {
    t.throws(() => server.stop({ timeout: timeout as never }), { code: 'ERR_OPTION', path: 'timeout' })
  }
  t.throws(() => server.stop({ timeuot: 1 } as never), { code: 'ERR_OPTION', path: 'timeuot' })
  await server.stop({ timeout: 0 })
  await server.stop()
})
