import { Address, encodeProxyHeader } from '@shiny/core'
import { destination, opened, source, startBehind, v1, v2 } from './driver/behind.js'
import { overReactors } from './driver/reactors.js'

overReactors((t, reactor) => {
  t.test('whoever is no proxy is refused, with or without a header', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor)
    for (const sent of ['hello\n', v1, v2]) {
      const peer = await connect({ from: '127.0.0.2' })
      peer.write(sent)
      t.equal((await peer.rest()).length, 0)
    }
    const drop = 'drop 127.0.0.2 proxy null'
    t.strictSame(journal.entries, [drop, drop, drop])
    t.equal(server.stats().refused.proxy, 3)
  })

  t.test('a proxy that sends no header, a bad one or part of one is refused', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor)
    const wrong = ['hello\n', 'GET / HTTP/1.1\r\n\r\n', 'PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n', 'PROXY TCP4\n']
    for (const sent of [...wrong, v2.map((byte, at) => (at === v2.length - 1 ? byte ^ 1 : byte))]) {
      const peer = await connect()
      await peer.write(sent)
      t.equal((await peer.rest()).length, 0)
    }
    for (const part of [v1.subarray(0, 20), v2.subarray(0, 20)]) {
      const peer = await connect()
      peer.end(part)
      t.equal((await peer.rest()).length, 0)
    }
    await journal.when(() => journal.entries.length === 7)
    t.strictSame(journal.entries.slice(0, 5), new Array(5).fill('drop 127.0.0.1 proxy ERR_PROXY_HEADER'))
    t.strictSame(journal.entries.slice(5), new Array(2).fill('drop 127.0.0.1 proxy ERR_TRUNCATED'))
    t.equal(server.connections.size, 0)
    t.equal(server.stats().refused.proxy, 7)
  })

  t.test('a proxy that leaves or resets before the header is told of, and costs nothing more', async (t) => {
    const { connect, journal } = await startBehind(t, reactor, { limits: { maxConnections: 1 } })
    const leaving = await connect()
    leaving.end()
    await leaving.closed()
    await journal.until('drop 127.0.0.1 proxy null')
    const resetting = await connect()
    await resetting.write('PROXY')
    // Who is over the limit shows that the one before has been accepted.
    await (await connect()).rest()
    await journal.until('drop 127.0.0.1 connections null')
    resetting.reset()
    await journal.until('drop 127.0.0.1 proxy ERR_CONNECTION_RESET')
    await (await connect()).write(v1)
    await journal.until(opened[1] as string)
  })

  t.test('a header that does not come in time', async (t) => {
    const slow = { from: ['127.0.0.1'], timeout: 200 }
    const { connect, journal } = await startBehind(t, reactor, { proxyProtocol: slow })
    const began = performance.now()
    const silent = await connect()
    const trickling = await connect()
    await trickling.write('PROXY UNKNOWN ')
    const timer = setInterval(() => void trickling.write('x'), 20)
    await silent.closed()
    await trickling.closed()
    clearInterval(timer)
    t.ok(performance.now() - began >= 199)
    t.strictSame(journal.entries, new Array(2).fill('drop 127.0.0.1 proxy ERR_PROXY_HEADER'))
  })

  t.test('a header that came in time has no deadline left', async (t) => {
    const brief = { from: ['127.0.0.1'], timeout: 100 }
    const { connect, journal } = await startBehind(t, reactor, { proxyProtocol: brief })
    const served = await connect()
    await served.write(v2)
    const late = await connect()
    await late.closed()
    const later = await connect()
    await later.closed()
    await served.write('still here\n')
    await journal.until('message still here')
  })

  t.test('rules are about the proxy, limits of peers about the client', async (t) => {
    const { connect, journal } = await startBehind(t, reactor, {
      access: [{ deny: source.host }, { deny: '127.0.0.2' }],
      proxyProtocol: { from: ['127.0.0.0/8'] },
      limits: { maxConnectionsPerPeer: 1 }
    })
    await (await connect({ from: '127.0.0.2' })).rest()
    await (await connect()).write(v1)
    await journal.until(opened[1] as string)
    const second = await connect({ from: '127.0.0.3' })
    await second.write(v2)
    await second.rest()
    const other = Address.ip('203.0.113.10', 1)
    const third = await connect()
    await third.write(encodeProxyHeader({ source: other, destination }))
    await journal.until(`open ${other} ${destination}`)
    t.strictSame(journal.entries, [
      'drop 127.0.0.2 access null',
      ...opened,
      `drop ${source.host} peer-connections null`,
      `made ${other}`,
      `open ${other} ${destination}`
    ])
  })

  t.test('whoever waits counts as a connection, and stop() does not wait for it', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor, { limits: { maxConnections: 1 } })
    const waiting = await connect()
    await waiting.write('PROXY')
    await (await connect()).rest()
    t.strictSame(journal.entries, ['drop 127.0.0.1 connections null'])
    t.equal(server.connections.size, 0)
    await server.stop({ timeout: 60_000 })
    await waiting.closed()
    t.strictSame(journal.entries, ['drop 127.0.0.1 connections null'])
  })
})
