// Goal: a pool that has stopped has left nothing behind.
// Method: start and stop pools, balanced in every way, and count the descriptors of the process.

import { readdirSync } from 'node:fs'
import { Peer } from './driver/peer.js'
import { balances, makePool, setEnvironment, threadOf } from './driver/pools.js'
import { overReactors } from './driver/reactors.js'

overReactors((t, reactor) => {
  setEnvironment(t, 'SHINY_REACTOR', reactor)
  if (reactor === 'portable') {
    t.pass('one worker at a time is what workers.test.ts has')
    return
  }

  t.test('many starts and stops leave nothing behind', { timeout: 110_000 }, async (t) => {
    const cycle = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const pool = await makePool({ balance: balances()[i % balances().length] })
        const peer = await Peer.connect(pool.addresses[0] as never)
        await threadOf(peer)
        peer.end()
        await pool.stop()
        await peer.closed()
      }
    }
    await cycle(2)
    const before = descriptors()
    await cycle(50)
    t.equal(descriptors(), before)
  })
})

function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}
