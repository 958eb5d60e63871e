import { rawBuffer } from '@shiny/core'
import t from 'tap'
import type * as Module from '../../packages/core/dist/reactor/output-arena.js'
import { internal } from './internals.js'

const { OutputArena, OUTPUT_COUNT, OUTPUT_FIRST, OUTPUT_WORDS } =
  await internal<typeof Module>('reactor/output-arena.js')

/** A reactor that only collects what it is given, for each slot. */
class Collector implements Module.OutputDrain {
  readonly arena = rawBuffer(64)
  readonly table = new Int32Array(OUTPUT_FIRST + 4 * OUTPUT_WORDS)
  readonly output = new OutputArena(this, this.arena, this.table, new Float64Array(8))
  readonly sent = new Map<number, string>()
  flushes = 0
  large = 0

  flushOutput(): void {
    this.flushes++
    for (let i = 0; i < this.records; i++) {
      const at = OUTPUT_FIRST + i * OUTPUT_WORDS
      const [slot, start, end] = this.table.subarray(at, at + OUTPUT_WORDS) as unknown as [number, number, number]
      this.#add(slot, this.arena.toString('latin1', start, end))
    }
    this.table[OUTPUT_COUNT] = 0
  }

  sendLarge(slot: number, bytes: Buffer, length: number): void {
    this.large++
    this.#add(slot, bytes.toString('latin1', 0, length))
  }

  get records(): number {
    return this.table[OUTPUT_COUNT] as number
  }

  send(slot: number, text: string): number {
    this.output.open(slot)
    this.output.latin1(text)
    return this.output.finish()
  }

  #add(slot: number, text: string): void {
    this.sent.set(slot, (this.sent.get(slot) ?? '') + text)
  }
}

t.test('consecutive messages of one connection share a record', async (t) => {
  const collector = new Collector()
  t.equal(collector.send(1, 'aa'), 2)
  t.equal(collector.send(1, 'bbb'), 3)
  t.equal(collector.send(2, 'c'), 1)
  t.equal(collector.send(1, 'd'), 1)
  t.equal(collector.records, 3)
  t.strictSame([...collector.table.subarray(OUTPUT_FIRST, OUTPUT_FIRST + 9)], [1, 0, 5, 2, 5, 6, 1, 6, 7])
  collector.flushOutput()
  t.strictSame(Object.fromEntries(collector.sent), { 1: 'aabbbd', 2: 'c' })
})

t.test('after a flush the memory is used again from its start', async (t) => {
  const collector = new Collector()
  collector.send(3, 'first')
  collector.flushOutput()
  collector.send(3, 'second')
  t.strictSame([...collector.table.subarray(OUTPUT_FIRST, OUTPUT_FIRST + 3)], [3, 0, 6])
})

t.test('a full arena is flushed, and a message begun in it moves to the front', async (t) => {
  const collector = new Collector()
  collector.send(1, 'a'.repeat(40))
  collector.send(2, 'b'.repeat(40))
  t.equal(collector.flushes, 1)
  t.equal(collector.sent.get(1), 'a'.repeat(40))
  t.equal(collector.sent.get(2) ?? '', '', 'nothing of a message that is not finished')
  collector.output.open(3)
  for (let i = 0; i < 50; i++) collector.output.u8(0x63)
  t.equal(collector.output.length, 50)
  collector.output.finish()
  collector.flushOutput()
  t.strictSame(Object.fromEntries(collector.sent), { 1: 'a'.repeat(40), 2: 'b'.repeat(40), 3: 'c'.repeat(50) })
  t.equal(collector.large, 0)
})

t.test('a full table is flushed', async (t) => {
  const collector = new Collector()
  for (let i = 0; i < 10; i++) collector.send(i % 2, String(i))
  collector.flushOutput()
  t.strictSame(Object.fromEntries(collector.sent), { 0: '02468', 1: '13579' })
})

t.test('a message larger than the arena keeps its place among others', async (t) => {
  const collector = new Collector()
  collector.send(1, 'before ')
  collector.output.open(1)
  const hole = collector.output.reserve(4)
  for (let i = 0; i < 30; i++) collector.output.latin1('0123456789')
  collector.output.patchU32(hole, 0x41424344)
  t.equal(collector.output.finish(), 304)
  collector.send(1, ' after')
  collector.flushOutput()
  t.equal(collector.sent.get(1), `before ABCD${'0123456789'.repeat(30)} after`)
  t.equal(collector.large, 1)
})

t.test('what is rolled back is never sent', async (t) => {
  for (const length of [10, 60, 1000]) {
    const collector = new Collector()
    collector.send(1, 'before')
    collector.output.open(1)
    collector.output.latin1('x'.repeat(length))
    collector.output.rollback()
    collector.output.open(2)
    collector.output.latin1('y'.repeat(length))
    collector.output.rollback()
    collector.send(1, ' after')
    collector.send(2, 'other')
    collector.flushOutput()
    t.strictSame(Object.fromEntries(collector.sent), { 1: 'before after', 2: 'other' }, `${length} bytes`)
  }
})

t.test('random messages to random connections arrive in order', async (t) => {
  const collector = new Collector()
  const expected = new Map<number, string>()
  let seed = 12345
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return (seed >>> 8) % below
  }
  for (let i = 0; i < 20_000; i++) {
    const slot = random(5)
    const text = String.fromCharCode(97 + random(26)).repeat(random(10) === 0 ? random(200) : random(12))
    collector.output.open(slot)
    for (let at = 0; at < text.length; at += 7) collector.output.latin1(text.slice(at, at + 7))
    if (random(8) === 0) collector.output.rollback()
    else {
      if (collector.output.finish() !== text.length) t.fail('a wrong length')
      expected.set(slot, (expected.get(slot) ?? '') + text)
    }
    if (random(20) === 0) collector.flushOutput()
  }
  collector.flushOutput()
  for (const [slot, text] of expected) t.ok(collector.sent.get(slot) === text, `connection ${slot}`)
})
