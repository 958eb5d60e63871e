// Goal: a worker that ends is replaced, and nobody else notices.
// Method: pools of fixtures/pool-member.ts; a peer tells its worker to throw, to exit or to stop.

import { balances, peersOfAll, setEnvironment, startPool, threadOf } from './driver/pools.js'
import { overReactors } from './driver/reactors.js'

overReactors((t, reactor) => {
  setEnvironment(t, 'SHINY_REACTOR', reactor)
  const ways = reactor === 'portable' ? [{ count: 1 }] : balances().map((balance) => ({ count: 2, balance }))

  for (const options of ways) {
    const name = 'balance' in options ? options.balance : 'alone'

    t.test(`${name}: a worker that dies is replaced, whatever it died of`, async (t) => {
      const { pool, journal, connect } = await startPool(t, options)
      const errors: Error[] = []
      pool.on('error', (error) => errors.push(error))
      const others = [...(await peersOfAll(connect, options.count)).entries()]
      const [, victim] = others.pop() ?? []
      let peer = victim ?? (await connect())
      const deaths = [
        ['throw', 1],
        ['exit', 3],
        ['stop', 0]
      ] as const
      for (const [index, [word, code]] of deaths.entries()) {
        const thread = await threadOf(peer)
        const place = pool.workers.find(({ threadId }) => String(threadId) === thread)?.index
        await peer.write(`${word}\n`)
        await peer.closed()
        await journal.until(`listening ${place}`, index + 1)
        t.equal(journal.count(`exit ${place} ${code}`), 1, word)
        t.equal(pool.workers.length, options.count)
        for (const [thread, other] of others) t.equal(await threadOf(other), thread, 'others are unhurt')
        const peers = await peersOfAll(connect, options.count)
        t.notOk(peers.has(thread), 'it is another thread')
        for (const [thread, fresh] of peers) if (!others.some(([other]) => other === thread)) peer = fresh
      }
      t.match(errors, [
        { code: 'ERR_WORKER', cause: { message: 'thrown outside of a handler' }, message: /in 100 ms$/ },
        { code: 'ERR_WORKER', message: /with exit code 3; another is started in 200 ms$/ },
        { code: 'ERR_WORKER', message: /with exit code 0; another is started in 400 ms$/ }
      ])
    })
  }

  t.test('the counts of workers that ended stay in the sum', async (t) => {
    const { pool, journal, connect } = await startPool(t, { count: 1 })
    const first = await connect()
    await threadOf(first)
    await first.write('stop\n')
    await first.closed()
    await journal.until('listening 0')
    const second = await connect()
    await threadOf(second)
    const { connections, messages } = await pool.stats()
    t.equal(messages.received, 3)
    t.strictSame([connections.accepted, connections.open, connections.closed.local], [2, 1, 1])
  })

  t.test('a worker that cannot start again is tried again', async (t) => {
    const { journal, connect } = await startPool(t, { count: 1 })
    const peer = await connect()
    setEnvironment(t, 'POOL_FAULT', 'make')
    await peer.write('exit\n')
    await journal.when(() => journal.entries.filter((entry) => entry.startsWith('error')).length === 3)
    delete process.env.POOL_FAULT
    await journal.until('listening 0')
    t.match(await threadOf(await connect()), /^\d+$/)
  })

  t.test('a pool that stops starts nothing in the stead of what has just ended', async (t) => {
    const { pool, journal, connect } = await startPool(t, { count: 1 })
    const peer = await connect()
    await peer.write('exit\n')
    await journal.starting('error')
    await pool.stop()
    t.strictSame(pool.workers, [])
    t.strictSame(journal.entries.slice(2), ['close'])
  })
})
