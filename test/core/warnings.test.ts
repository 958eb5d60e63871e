import t from 'tap'
import type * as Module from '../../packages/core/dist/server/warnings.js'
import { Clock } from './clock.js'
import { internal } from './internals.js'

const { Warnings } = await internal<typeof Module>('server/warnings.js')

const clock = new Clock()
t.teardown(() => clock.restore())

/** Warnings whose text is cut after its first line. */
function listen() {
  const told: string[] = []
  const warnings = new Warnings((text, code) =>
    told.push(`${text.split('\n')[0]}${code === undefined ? '' : ` [${code}]`}`)
  )
  const about = (error: Error, times = 1) => {
    for (let i = 0; i < times; i++) warnings.about(error, 'handler', `in a handler of connection ${i + 1}`)
  }
  return { told, about, warnings }
}

const coded = (code: string) => Object.assign(new Error('failed'), { code })

t.test('the first error is told at once, those that follow are counted', async (t) => {
  const { told, about } = listen()
  about(new Error('one'), 1000)
  t.strictSame(told, ['unhandled error in a handler of connection 1: Error: one'])
  clock.pass(1000)
  t.equal(told[1], '999 more unhandled errors like it in 1 s, the last in a handler of connection 1000: Error: one')
  clock.pass(100_000)
  t.equal(told.length, 2)
})

t.test('an error that comes alone is told alone, however often', async (t) => {
  const { told, about } = listen()
  for (let i = 0; i < 5; i++) {
    about(new Error('one'))
    clock.pass(1001)
  }
  t.equal(told.length, 5)
  t.equal(new Set(told).size, 1)
})

t.test('one kind of error does not hide another', async (t) => {
  const { told, about, warnings } = listen()
  about(coded('ERR_A'), 3)
  about(coded('ERR_B'), 2)
  about(new TypeError('odd'))
  about(new RangeError('odd'))
  warnings.about(coded('ERR_A'), 'server', 'in a server')
  t.equal(told.length, 5)
  clock.pass(1000)
  t.strictSame(told.slice(5), [
    '2 more unhandled errors like it in 1 s, the last in a handler of connection 3: Error: failed [ERR_A]',
    '1 more unhandled error like it in 1 s, the last in a handler of connection 2: Error: failed [ERR_B]'
  ])
})

t.test('a flood of an hour is told about once a minute, and every error of it is counted', async (t) => {
  const { told, about } = listen()
  for (let second = 0; second < 3600; second++) {
    about(coded('ERR_A'), 10)
    clock.pass(1000)
  }
  t.ok(told.length < 70, `${told.length} warnings`)
  clock.pass(60_000)
  const counted = told.slice(1).map((text) => Number.parseInt(text, 10))
  t.equal(
    counted.reduce((sum, count) => sum + count, 1),
    36_000
  )
})

t.test('errors of ever new kinds do not fill the memory or the log', async (t) => {
  const { told, about } = listen()
  for (let i = 0; i < 10_000; i++) about(coded(`ERR_${i}`))
  t.equal(told.length, 101)
  clock.pass(1000)
  t.match(told[101], /^9899 more unhandled errors/)
})
