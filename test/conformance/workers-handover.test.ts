// Goal: the connections that the main thread accepts reach the workers, all of them, and in turn.
// Method: pools of fixtures/pool-member.ts that balance by handing over.

import { Peer } from './driver/peer.js'
import { peersOfAll, setEnvironment, startPool, threadOf } from './driver/pools.js'
import { overReactors } from './driver/reactors.js'
import { socketPath } from './driver/start.js'

overReactors((t, reactor) => {
  setEnvironment(t, 'SHINY_REACTOR', reactor)
  if (reactor === 'portable') {
    t.pass('the portable reactor hands nothing over; see workers-pool.test.ts')
    return
  }

  t.test('peers are given to the workers in turn', async (t) => {
    const { pool, connect } = await startPool(t, { count: 3, balance: 'handover' })
    const threads: string[] = []
    for (let i = 0; i < 9; i++) threads.push(await threadOf(await connect()))
    t.equal(new Set(threads.slice(0, 3)).size, 3)
    t.strictSame(threads.slice(3), threads.slice(0, 6))
    t.equal((await pool.stats()).connections.accepted, 9)
  })

  t.test('over a Unix socket, and what was sent before the handover arrives', async (t) => {
    const path = socketPath(t)
    const { address, connect } = await startPool(t, { listen: { path } })
    t.equal(address.path, path)
    const peers = await peersOfAll(connect, 2)
    t.equal(peers.size, 2)
    const early = await Peer.connect(address)
    early.end('one\ntwo\n')
    t.equal((await early.rest()).toString(), 'one\ntwo\n')
    await early.closed()
  })

  t.test('hundreds of peers at once, each with its own bytes', async (t) => {
    const { pool, address } = await startPool(t, { count: 2, balance: 'handover' })
    const echo = async (index: number) => {
      const peer = await Peer.connect(address)
      await peer.write(`peer ${index}\n`)
      const answer = await peer.line()
      peer.end()
      await peer.closed()
      return answer
    }
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => echo(index)))
    t.strictSame(
      answers,
      answers.map((_, index) => `peer ${index}`)
    )
    t.equal((await pool.stats()).connections.accepted, 300)
  })

  t.test('what a worker has not taken over when it dies is given to another', async (t) => {
    const { connect, journal } = await startPool(t, { balance: 'handover' })
    const [[thread, victim]] = [...(await peersOfAll(connect, 2))] as [[string, Peer]]
    await victim.write('linger\n')
    t.equal(await victim.line(), 'lingering')
    const late = await Promise.all(Array.from({ length: 6 }, connect))
    // Half of them were given to the victim. A slow machine may let it answer before it stands still, or its successor start.
    const threads = await Promise.all(late.map(threadOf))
    t.notOk(threads.every((one) => one === thread))
    t.equal(threads.length, 6, 'each is answered')
    await journal.starting('exit')
  })

  t.test('a pool on two ports and a path', async (t) => {
    const listen = [{ host: '127.0.0.1', port: 0 }, 'tcp://127.0.0.1:0', { path: socketPath(t) }]
    const { pool } = await startPool(t, { listen })
    t.strictSame(
      pool.addresses.map(({ family }) => family),
      ['ipv4', 'ipv4', 'unix']
    )
    for (const address of pool.addresses) {
      const peer = await Peer.connect(address)
      t.match(await threadOf(peer), /^\d+$/)
      peer.end()
      await peer.closed()
    }
  })
})
