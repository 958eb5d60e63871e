import t from 'tap'
import type * as Module from '../../packages/core/dist/workers/backoff.js'
import { internal } from './internals.js'

const { Backoff } = await internal<typeof Module>('workers/backoff.js')

t.test('the wait doubles up to ten seconds', async (t) => {
  const backoff = new Backoff()
  const waits = Array.from({ length: 10 }, () => backoff.after(5))
  t.strictSame(waits, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000])
})

t.test('a healthy minute makes it the first again', async (t) => {
  const backoff = new Backoff()
  for (let i = 0; i < 5; i++) backoff.after(59_999)
  t.equal(backoff.after(60_000), 100)
  t.equal(backoff.after(0), 200)
})
