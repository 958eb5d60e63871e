// Goal: rates and counts let through what they say and remember no more than they must.
import t from 'tap'
import { internal } from './internals.js'

interface Rate {
  perSecond: number
  burst: number
}
const { TokenBucket } = await internal<{
  TokenBucket: new (rate: Rate, now: number) => { take(rate: Rate, now: number): boolean }
}>('admission/token-bucket.js')
const { PeerRates } = await internal<{
  PeerRates: new (rate: Rate, capacity?: number) => { take(peer: string, now: number): boolean; readonly size: number }
}>('admission/peer-rates.js')

t.test('a bucket lets a burst through and then the rate', async (t) => {
  const rate = { perSecond: 10, burst: 3 }
  const bucket = new TokenBucket(rate, 0)
  const taken = (now: number) => bucket.take(rate, now)
  t.strictSame([0, 0, 0, 0].map(taken), [true, true, true, false])
  t.strictSame([99, 100, 101].map(taken), [false, true, false])
  t.strictSame([10_000, 10_000, 10_000, 10_000].map(taken), [true, true, true, false], 'never more than the burst')
})

t.test('a bucket is never over its rate, however it is asked', async (t) => {
  const rate = { perSecond: 50, burst: 5 }
  const bucket = new TokenBucket(rate, 0)
  let taken = 0
  for (let now = 0; now <= 60_000; now += 0.7) if (bucket.take(rate, now)) taken++
  t.ok(taken >= 2999 && taken <= 3005, String(taken))
})

t.test('a clock that stands still or goes back gives nothing', async (t) => {
  const rate = { perSecond: 10, burst: 1 }
  const bucket = new TokenBucket(rate, 1000)
  t.equal(bucket.take(rate, 1000), true)
  t.equal(bucket.take(rate, 0), false)
  t.equal(bucket.take(rate, 1000), false)
  t.equal(bucket.take(rate, 1100), true)
})

t.test('peers have buckets of their own', async (t) => {
  const rates = new PeerRates({ perSecond: 1, burst: 2 })
  t.strictSame(
    ['a', 'a', 'a', 'b'].map((peer) => rates.take(peer, 0)),
    [true, true, false, true]
  )
})

t.test('a peer that has been quiet is forgotten', async (t) => {
  const rates = new PeerRates({ perSecond: 1, burst: 1 })
  for (let i = 0; i < 1000; i++) rates.take(`early ${i}`, 0)
  t.equal(rates.size, 1000)
  for (let i = 0; i < 1000; i++) rates.take(`late ${i}`, 2000)
  t.equal(rates.size, 1000, 'each that comes clears more than its own place')
  for (let i = 0; i < 400; i++) rates.take('the same', 9000)
  t.ok(rates.size < 300, String(rates.size))
})

t.test('a million addresses take no more than the capacity, and a busy peer is not forgotten for them', async (t) => {
  const rates = new PeerRates({ perSecond: 0.001, burst: 1 }, 1000)
  t.equal(rates.take('busy', 0), true)
  let admitted = 0
  for (let i = 0; i < 1_000_000; i++) {
    rates.take(`address ${i}`, i / 1000)
    if (i % 500 === 0 && rates.take('busy', i / 1000)) admitted++
  }
  t.equal(rates.size, 1000)
  t.equal(admitted, 0)
})
