// Goal: several threads serve one port together.
// Method: pools of fixtures/pool-member.ts, whose connections tell which thread serves them.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { type ShinyError, workers } from '@shiny/core'
import { Peer } from './driver/peer.js'
import { balances, makePool, peersOfAll, setEnvironment, startPool, threadOf } from './driver/pools.js'
import { overReactors } from './driver/reactors.js'
import { loopback, socketPath } from './driver/start.js'

overReactors((t, reactor) => {
  setEnvironment(t, 'SHINY_REACTOR', reactor)

  t.test('a server that cannot start fails the pool with its own error', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    t.teardown(() => void taken.close())
    const { port } = taken.address() as { port: number }
    await t.rejects(makePool({ listen: { host: '127.0.0.1', port } }), { code: 'ERR_ADDRESS_IN_USE' })

    setEnvironment(t, 'POOL_FAULT', 'option')
    await t.rejects(makePool(), { code: 'ERR_OPTION', path: 'highWaterMark' })
    process.env.POOL_FAULT = 'make'
    const cause = { message: /^worker \d cannot make a server$/ }
    await t.rejects(makePool(), { code: 'ERR_WORKER', cause, message: /cannot make a server/ })
    process.env.POOL_FAULT = 'listen'
    await t.rejects(makePool(), { code: 'ERR_ALREADY_LISTENING' })
    process.env.POOL_FAULT = 'module'
    await t.rejects(makePool(), { code: 'ERR_WORKER', cause: { message: 'the module is broken' } })
    process.env.POOL_FAULT = 'exit'
    await t.rejects(makePool(), { code: 'ERR_WORKER', message: /ended with code 0 before it served/ })
    process.env.POOL_FAULT = 'foreign'
    await t.rejects(makePool(), { code: 'ERR_WORKER', message: /cannot start a pool of its own/ })
  })

  t.test('a bad option is refused before a thread is started', async (t) => {
    const refused = async (options: object, path: string) => {
      await t.rejects(makePool(options), { code: 'ERR_OPTION', path }, path)
    }
    await refused({ count: 0 }, 'count')
    await refused({ count: 1.5 }, 'count')
    await refused({ balance: 'fair' }, 'balance')
    await refused({ listen: undefined }, 'listen')
    await refused({ listen: [] }, 'listen')
    await refused({ listen: { port: -1 } }, 'port')
    await refused({ threads: 2 }, 'threads')
    await refused({ balance: 'kernel', listen: { path: '/tmp/never' } }, 'balance')
    await t.rejects(makePool({ listen: 'nowhere' }), { code: 'ERR_ADDRESS' })
    const make = () => t.fail() as never
    await t.rejects(workers('/no/such/module.js', { listen: loopback }, make), { code: 'ERR_OPTION', path: 'module' })
  })

  if (reactor === 'portable') {
    t.test('one worker serves in place of several, and a warning says why', async (t) => {
      const warned = once(process, 'warning') as Promise<[ShinyError]>
      const { pool, connect } = await startPool(t, { count: 3 })
      t.match((await warned)[0], { name: 'ShinyWarning', code: 'ERR_REACTOR_UNAVAILABLE' })
      t.equal(pool.workers.length, 1)
      const peer = await connect()
      t.equal(await threadOf(peer), String(pool.workers[0]?.threadId))
    })

    t.test('a single worker needs no warning, and a Unix socket no native reactor', async (t) => {
      const { pool, address, connect } = await startPool(t, { count: 1, listen: { path: socketPath(t) } })
      t.equal(address.family, 'unix')
      t.equal(await threadOf(await connect()), String(pool.workers[0]?.threadId))
    })
    return
  }

  for (const balance of balances()) {
    t.test(`${balance}: all workers serve one port, which the system chose`, async (t) => {
      const { pool, address, connect } = await startPool(t, { count: 3, balance })
      t.not(address.port, 0)
      t.equal(pool.addresses.length, 1)
      const threads = await peersOfAll(connect, 3)
      t.strictSame([...threads.keys()].sort(), pool.workers.map(({ threadId }) => String(threadId)).sort())
      t.strictSame(
        pool.workers.map(({ index }) => index),
        [0, 1, 2]
      )
      if (process.platform === 'linux') t.equal(socketsOn(address.port), balance === 'kernel' ? 3 : 1)
    })

    t.test(`${balance}: several addresses`, async (t) => {
      const { pool } = await startPool(t, { balance, listen: ['tcp://127.0.0.1:0', 'tcp://127.0.0.2:0'] })
      t.equal(pool.addresses.length, 2)
      for (const address of pool.addresses) {
        const peer = await Peer.connect(address)
        await threadOf(peer)
        peer.end()
        await peer.closed()
      }
    })

    t.test(`${balance}: all addresses of a name, on one port`, async (t) => {
      const { pool } = await startPool(t, { balance, listen: { host: 'localhost', port: 0 } })
      t.equal(new Set(pool.addresses.map(({ port }) => port)).size, 1)
      for (const address of pool.addresses) {
        const peers = await peersOfAll(() => Peer.connect(address), 2)
        for (const peer of peers.values()) peer.socket.destroy()
      }
    })

    t.test(`${balance}: statistics add up`, async (t) => {
      const { pool, connect } = await startPool(t, { balance })
      const peers = [...(await peersOfAll(connect, 2)).values()]
      for (const peer of peers) {
        await peer.write('hello\n')
        t.equal(await peer.line(), 'hello')
      }
      const before = await pool.stats()
      t.ok(before.connections.open >= 2)
      t.equal(before.connections.accepted, before.connections.open)
      t.equal(before.messages.received, before.connections.accepted + 2)
      t.equal(before.messages.sent, before.messages.received)
      t.ok(before.uptime > 0 && before.turns > 0)
      await pool.stop({ timeout: 0 })
      const after = await pool.stats()
      t.strictSame(after.messages, before.messages)
      t.equal(after.connections.open, 0)
      t.equal(after.connections.accepted, before.connections.accepted)
      t.equal(after.uptime, 0)
    })

    t.test(`${balance}: stop answers what was asked, in all workers, and ends the threads`, async (t) => {
      const { pool, journal, address, connect } = await startPool(t, { balance })
      const peers = [...(await peersOfAll(connect, 2)).values()]
      for (const peer of peers) {
        await peer.write('later\nlast\n')
        t.equal(await peer.line(), 'wait')
      }
      const stopped = pool.stop()
      t.equal(pool.stop(), stopped)
      t.strictSame(pool.addresses, [])
      for (const peer of peers) t.equal((await peer.rest()).toString(), 'later\nlast\n')
      await stopped
      t.strictSame(journal.entries.sort(), ['close', 'exit 0 0', 'exit 1 0'])
      t.strictSame(pool.workers, [])
      await t.rejects(Peer.connect(address), { code: 'ECONNREFUSED' })
    })

    t.test(`${balance}: a worker that does not heed the deadline is ended by force`, { timeout: 30_000 }, async (t) => {
      const { pool, journal, connect } = await startPool(t, { balance })
      const [blocked] = (await peersOfAll(connect, 2)).values()
      const before = await pool.stats()
      await blocked?.write('block\n')
      t.equal((await pool.stats()).messages.received, before.messages.received, 'what it last told stands in')
      await pool.stop({ timeout: 0 })
      t.strictSame(journal.entries.map((entry) => entry.replace(/^exit \d/, 'exit')).sort(), [
        'close',
        'exit 0',
        'exit 1'
      ])
      t.equal(pool.workers.length, 0)
    })
  }
})

/** How many sockets listen on a port of IPv4. */
function socketsOn(port: number): number {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1)
  return rows.filter((row) => {
    const [, local, , state] = row.trim().split(/\s+/)
    return local?.endsWith(end) && state === '0A'
  }).length
}
