// Goal: figures become verdicts as the documents say, without measuring anything.

import { differencesOf, directionOf, worseThan } from '@shiny/bench/dist/comparing/difference.js'
import { filledIn } from '@shiny/bench/dist/publish.js'
import { curvesOf, growthRows } from '@shiny/bench/dist/report/growth.js'
import { compare, judge, type PeerResult, type ScenarioResult } from '@shiny/bench/dist/result.js'
import type { Target } from '@shiny/bench/dist/scenario.js'
import { spreadOf } from '@shiny/bench/dist/statistics.js'
import t from 'tap'

const message = { one: 'message', many: 'messages' }

/** A peer that needed so much CPU in each round. */
function peer(name: string, ...cpu: number[]): PeerResult {
  return { name, title: name, absent: null, failed: null, samples: cpu.map((value) => ({ cpu: value })) }
}

function scenario(...peers: PeerResult[]): ScenarioResult {
  return { name: 'one', title: 'One', unit: message, figures: ['cpu'], amount: 1, peers }
}

/** What becomes of one target. */
function verdictOf(target: Partial<Target>, ...peers: PeerResult[]) {
  const whole: Target = { of: 'shiny', kind: 'ratio', against: 'redis', atMost: 0.5, ...target }
  const [verdict] = judge({ targets: [whole] }, scenario(...peers))
  return verdict
}

t.test('the median of an even number of figures lies between the middle two', async (t) => {
  t.strictSame(spreadOf([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 })
})

t.test('a ratio is that of the medians, within those of the rounds', async (t) => {
  const ratio = compare('ratio', peer('a', 1, 2, 9), peer('b', 2, 2, 3), 'cpu')
  t.strictSame(ratio, { median: 1, min: 0.5, max: 3 })
})

t.test('nothing is compared with a peer that was absent or failed', async (t) => {
  t.equal(compare('ratio', peer('a', 1), peer('b'), 'cpu'), null)
  t.equal(compare('ratio', peer('a', 1), { ...peer('b', 1), failed: 'it ended' }, 'cpu'), null)
  t.equal(compare('ratio', peer('a', 1), undefined, 'cpu'), null)
  t.match(verdictOf({}, peer('shiny', 1)), { measured: null, passed: null })
})

t.test('a target is a ratio, a difference or a value', async (t) => {
  const peers = [peer('shiny', 70), peer('redis', 100)]
  t.equal(verdictOf({ atMost: 0.7 }, ...peers)?.passed, true)
  t.equal(verdictOf({ atMost: 0.69 }, ...peers)?.passed, false)
  t.equal(verdictOf({ kind: 'difference', atMost: -30 }, ...peers)?.passed, true)
  t.equal(verdictOf({ kind: 'difference', atMost: -31 }, ...peers)?.passed, false)
  t.equal(verdictOf({ kind: 'value', against: null, atMost: 70 }, ...peers)?.passed, true)
  t.equal(verdictOf({ kind: 'value', against: null, atMost: 69 }, ...peers)?.passed, false)
})

t.test('where the floor itself misses a target, what is near the floor is enough, if the target says so', async (t) => {
  const peers = [peer('shiny', 65), peer('redis', 100)]
  const elseOfFloor = { floor: 'respFloor', atMost: 1.1 } as const
  t.equal(verdictOf({ elseOfFloor }, ...peers, peer('respFloor', 60))?.passed, true)
  t.equal(verdictOf({ elseOfFloor }, ...peers, peer('respFloor', 55))?.passed, false, 'not near enough')
  t.equal(verdictOf({ elseOfFloor }, ...peers, peer('respFloor', 50))?.passed, false, 'the floor meets the target')
  t.equal(verdictOf({ elseOfFloor }, ...peers)?.passed, false, 'there is no floor')
  const told = verdictOf({}, ...peers, peer('floor', 60))
  t.match(told, { passed: false, remark: /out of reach here: the floor itself is at 0\.60/ })
})

t.test('a build is slower when it was so in every round, by more than noise', async (t) => {
  t.equal(directionOf({ median: 1.2, min: 1.01, max: 1.5 }), 1)
  t.equal(directionOf({ median: 1.2, min: 0.99, max: 1.5 }), 0)
  t.equal(directionOf({ median: 1.01, min: 1.001, max: 1.02 }), 0)
  t.equal(directionOf({ median: 0.8, min: 0.7, max: 0.9 }), -1)
})

t.test('each peer is compared with the same one of the other build', async (t) => {
  const result = scenario(peer('a', 12, 13), peer('a@old', 10, 10), peer('b', 9, 8), peer('b@old', 10, 10))
  const differences = differencesOf(result)
  t.match(differences, [
    { peer: 'a', ratio: { median: 1.25 }, direction: 1 },
    { peer: 'b', ratio: { median: 0.85 }, direction: -1 }
  ])
  t.equal(worseThan(differences, 1.2).length, 1)
  t.equal(worseThan(differences, 1.3).length, 0)
})

t.test('what grows from scenario to scenario becomes a curve, and what is missing is told', async (t) => {
  const at = (count: number, ...peers: PeerResult[]) => ({ ...scenario(...peers), point: { of: 'keys', at: count } })
  const absent = { ...peer('b'), absent: 'there is no memory' }
  const [curve, ...others] = curvesOf([at(10, peer('a', 2), peer('b', 3)), at(1000, peer('a', 4), absent)])
  t.equal(others.length, 0)
  t.strictSame(curve && growthRows(curve), [
    ['keys', 'a', 'b', 'b ×'],
    ['10', '2.00', '3.00', '1.50'],
    ['1,000', '4.00', '–', '–']
  ])
  t.strictSame(curve?.missing, ['b at 1,000: there is no memory'])
})

t.test('what stands between two marks is replaced, and nothing else', async (t) => {
  const text = 'before\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nafter\n'
  const filled = filledIn(text, 'x', 'new')
  t.equal(filled, 'before\n<!-- bench:x -->\n\nnew\n\n<!-- /bench:x -->\nafter\n')
  t.equal(filledIn(filled, 'x', 'new'), filled)
  t.throws(() => filledIn(text, 'y', 'new'), /bench:y/)
})
