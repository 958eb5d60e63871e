import t from 'tap'
import type * as Module from '../../packages/core/dist/server/ticker.js'
import { Clock } from './clock.js'
import { internal } from './internals.js'

const { Ticker } = await internal<typeof Module>('server/ticker.js')

/** The times, in milliseconds, at which a ticker of `perSecond` messages ticks until `until`. */
function ticks(perSecond: number, until: number): number[] {
  const clock = new Clock()
  const times: number[] = []
  let taken = 0
  const ticker = new Ticker(
    () => times.push(clock.now),
    () => {
      const count = Math.floor((clock.now * perSecond) / 1000) - taken
      taken += count
      return count
    }
  )
  ticker.start()
  clock.pass(until)
  ticker.stop()
  clock.restore()
  return times
}

t.test('the first tick comes at once', async (t) => {
  t.equal(ticks(0, 1)[0], 0)
})

t.test('without messages it slows down to one a second', async (t) => {
  const times = ticks(0, 20_000)
  const gaps = times.slice(1).map((time, i) => Math.round(time - (times[i] as number)))
  t.ok(
    gaps.every((gap, i) => i === 0 || gap >= (gaps[i - 1] as number)),
    'ever longer'
  )
  t.equal(gaps.at(-1), 1000)
  t.ok(times.length < 30)
})

t.test('under traffic it comes sixty times a second, and no more', async (t) => {
  const times = ticks(100_000, 10_000)
  t.ok(times.length >= 500 && times.length <= 625, `${times.length} in 10 seconds`)
})

t.test('a little traffic is in between', async (t) => {
  const times = ticks(5, 10_000)
  t.ok(times.length > 15 && times.length < 200, `${times.length} in 10 seconds`)
})

t.test('stop ends it, also from within a tick, and start begins anew', async (t) => {
  const clock = new Clock()
  let count = 0
  const ticker = new Ticker(
    () => {
      if (++count === 3) ticker.stop()
    },
    () => 1
  )
  ticker.start()
  ticker.start()
  clock.pass(60_000)
  const first = count
  ticker.start()
  clock.pass(0)
  const second = count
  ticker.stop()
  ticker.stop()
  clock.restore()
  t.strictSame([first, second], [3, 4])
})
