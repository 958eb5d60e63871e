// The store against a Map: the same random operations on both, compared all the time.
import { ByteSource, type Entry, KEEP, Keyspace, NEVER, NONE } from '@shiny/examples/redis/store'
import t from 'tap'
import { Random } from './support/random.js'

interface Value {
  bytes: Buffer
  deadline: number
}

/** A keyspace, a Map that should hold the same, and a clock that stands still unless it is moved. */
class Pair {
  now = 1_000_000
  readonly keyspace = new Keyspace({ now: () => this.now })
  readonly model = new Map<string, Value>()
  readonly #span = new ByteSource()

  find(key: Buffer): Entry {
    return this.keyspace.find(key, 0, key.length)
  }

  modelled(key: Buffer): Value | undefined {
    const name = key.toString('latin1')
    const value = this.model.get(name)
    if (value === undefined || value.deadline > this.now) return value
    this.model.delete(name)
    return undefined
  }

  set(key: Buffer, bytes: Buffer, deadline: number): void {
    const kept = deadline === KEEP ? (this.modelled(key)?.deadline ?? NEVER) : deadline
    this.model.set(key.toString('latin1'), { bytes, deadline: kept })
    // The value stands at an odd place, as it does in a request.
    const padded = Buffer.concat([Buffer.from('xxx'), bytes, Buffer.from('y')])
    this.keyspace.set(key, 0, key.length, padded, 3, 3 + bytes.length, deadline)
  }

  append(key: Buffer, bytes: Buffer): void {
    const value = this.modelled(key)
    const entry = this.find(key)
    if (value === undefined || entry === NONE) return
    value.bytes = Buffer.concat([value.bytes, bytes])
    this.keyspace.append(entry, bytes, 0, bytes.length)
  }

  replace(key: Buffer, bytes: Buffer): void {
    const value = this.modelled(key)
    const entry = this.find(key)
    if (value === undefined || entry === NONE) return
    value.bytes = bytes
    this.keyspace.replace(entry, bytes, 0, bytes.length)
  }

  expire(key: Buffer, deadline: number): void {
    const value = this.modelled(key)
    const entry = this.find(key)
    if (value === undefined || entry === NONE) return
    value.deadline = deadline
    this.keyspace.setDeadline(entry, deadline)
  }

  remove(key: Buffer): void {
    this.modelled(key)
    this.model.delete(key.toString('latin1'))
    const entry = this.find(key)
    if (entry !== NONE) this.keyspace.remove(entry)
  }

  /** What differs for a key, or nothing. */
  difference(key: Buffer): string | undefined {
    const value = this.modelled(key)
    const entry = this.find(key)
    if (value === undefined || entry === NONE)
      return (value === undefined) === (entry === NONE) ? undefined : 'existence'
    if (!this.#bytes(() => this.keyspace.value(entry, this.#span)).equals(value.bytes)) return 'value'
    if (!this.#bytes(() => this.keyspace.key(entry, this.#span)).equals(key)) return 'key'
    if (this.keyspace.valueLength(entry) !== value.bytes.length) return 'length'
    return this.keyspace.deadline(entry) === value.deadline ? undefined : 'deadline'
  }

  /** Compares everything, by key and by scanning. */
  differences(): string[] {
    const found: string[] = []
    for (const name of [...this.model.keys()]) {
      const difference = this.difference(Buffer.from(name, 'latin1'))
      if (difference !== undefined) found.push(`${difference} of ${JSON.stringify(name)}`)
    }
    const scanned: string[] = []
    let cursor = 0
    do {
      cursor = this.keyspace.scan(cursor, 100, (entry) => {
        scanned.push(this.#bytes(() => this.keyspace.key(entry, this.#span)).toString('latin1'))
      })
    } while (cursor !== 0)
    if (scanned.length !== this.model.size) found.push(`${scanned.length} scanned, ${this.model.size} wanted`)
    for (const name of scanned) if (!this.model.has(name)) found.push(`scanned ${JSON.stringify(name)}`)
    return found
  }

  #bytes(point: () => ByteSource): Buffer {
    const { bytes, start, end } = point()
    return Buffer.from(bytes.subarray(start, end))
  }
}

/** Lengths around everything that the store does differently: words, size classes, blocks and Buffers of their own. */
const lengths = [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 100, 255, 257, 300, 1000, 4000, 8100, 8192, 9000, 20_000]

function keyOf(random: Random, population: number): Buffer {
  const number = random.below(population)
  // A few keys are long, and one is longer than a block.
  const key = Buffer.from(`key:${number}`)
  if (number % 50 === 0) return Buffer.concat([key, Buffer.alloc(number % 100 === 0 ? 9000 : 300, number)])
  return key
}

function step(pair: Pair, random: Random, key: Buffer): void {
  const value = random.bytes(random.below(4) === 0 ? random.pick(lengths) : random.below(40))
  const deadline = random.pick([NEVER, NEVER, KEEP, pair.now + 1 + random.below(500)])
  const choice = random.below(100)
  if (choice < 40) pair.set(key, value, deadline)
  else if (choice < 55) pair.remove(key)
  else if (choice < 65) pair.append(key, value.subarray(0, 50))
  else if (choice < 75) pair.replace(key, value)
  else if (choice < 85) pair.expire(key, deadline === KEEP ? NEVER : deadline)
  else if (choice < 88) pair.now += random.below(20)
  else if (choice < 90) pair.keyspace.removeDue(50, 10)
}

for (const [seed, population, steps] of [
  [1, 20, 20_000],
  [2, 500, 40_000],
  [3, 20_000, 120_000]
]) {
  t.test(`${steps} random operations on ${population} keys`, async (t) => {
    const random = new Random(seed)
    const pair = new Pair()
    const wrong: string[] = []
    for (let count = 0; count < steps && wrong.length === 0; count++) {
      const key = keyOf(random, population)
      step(pair, random, key)
      const difference = pair.difference(key)
      if (difference !== undefined) wrong.push(`${difference} of ${key.subarray(0, 20)} after ${count} operations`)
      if (count % (steps / 4) === 0) wrong.push(...pair.differences())
    }
    t.strictSame(wrong.slice(0, 5), [])
    t.strictSame(pair.differences().slice(0, 5), [])
  })
}

t.test('growing to many keys and shrinking to none', async (t) => {
  const pair = new Pair()
  const keys = Array.from({ length: 60_000 }, (_, index) => Buffer.from(`key:${index}`))
  for (const key of keys) pair.set(key, key, NEVER)
  t.equal(pair.keyspace.size, keys.length)
  t.strictSame(pair.differences().slice(0, 5), [])
  for (const key of keys.slice(100)) pair.remove(key)
  t.strictSame(pair.differences().slice(0, 5), [])
  for (const key of keys.slice(0, 100)) pair.remove(key)
  t.equal(pair.keyspace.size, 0)
  t.equal(
    pair.keyspace.scan(0, 10, () => t.fail('nothing is left')),
    0
  )
})

t.test('memory for each key, and all of it back after clear()', async (t) => {
  const keyspace = new Keyspace()
  const bytes = Buffer.alloc(32)
  const count = 1_000_000
  for (let index = 0; index < count; index++) {
    bytes.write(String(index).padStart(16, '0'), 0, 'latin1')
    keyspace.set(bytes, 0, 16, bytes, 16, 32)
  }
  t.equal(keyspace.size, count)
  t.ok(keyspace.memory.reserved / count < 70, `${keyspace.memory.reserved / count} bytes for each key`)
  keyspace.clear()
  t.equal(keyspace.size, 0)
  t.equal(keyspace.memory.used, keyspace.memory.reserved)
  t.ok(keyspace.memory.reserved < 100_000)
})

t.test('memory is used again', async (t) => {
  const keyspace = new Keyspace()
  const random = new Random(5)
  const write = (round: number) => {
    for (let index = 0; index < 5000; index++) {
      const key = Buffer.from(`key:${index}`)
      const value = random.bytes(((index + round) * 37) % 200)
      keyspace.set(key, 0, key.length, value, 0, value.length)
    }
  }
  for (let round = 0; round < 20; round++) write(round)
  const before = keyspace.memory.reserved
  for (let round = 0; round < 60; round++) write(round)
  t.ok(keyspace.memory.reserved <= before, 'no page more')
})

t.test('deadlines: what is due is removed, and the earliest is known', async (t) => {
  let now = 0
  const earlier: number[] = []
  const keyspace = new Keyspace({ now: () => now, onEarlierDeadline: (time) => earlier.push(time) })
  const set = (name: string, deadline: number) => {
    const key = Buffer.from(name)
    keyspace.set(key, 0, key.length, key, 0, key.length, deadline)
  }
  set('b', 200)
  set('c', 300)
  set('a', 100)
  set('never', NEVER)
  t.strictSame(earlier, [200, 100])
  t.equal(keyspace.expiring, 3)
  t.equal(keyspace.earliestDeadline, 100)
  now = 250
  t.equal(keyspace.size, 4, 'what is due and was not come across still counts')
  t.equal(keyspace.removeDue(100, 100), false, 'it has come around')
  t.equal(keyspace.size, 2)
  t.equal(keyspace.expired, 2)
  t.equal(keyspace.earliestDeadline, 300)
  set('d', 1000)
  now = 2000
  t.equal(keyspace.removeDue(100, 1), true, 'one at a time')
  t.equal(keyspace.expiring, 1)
  t.equal(keyspace.removeDue(100, 1), false)
  t.equal(keyspace.expiring, 0)
  t.equal(keyspace.earliestDeadline, NEVER)
  t.equal(keyspace.size, 1)
})
