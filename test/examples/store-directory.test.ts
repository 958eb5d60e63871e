// The hash table by itself, with hashes that no secret hash would make: all the same, or all at one end.
import { ByteSource, Directory, HASH_RANGE, KeyHash } from '@shiny/examples/redis/store'
import t from 'tap'
import { Random } from './support/random.js'

/** A directory whose keys are numbers; a reference is the number. */
function directory() {
  return new Directory({ keyEquals: (ref, _source, start) => ref === start })
}

const nowhere = new ByteSource()

for (const [name, hashOf] of [
  ['spread', (number: number) => Math.imul(number, 0x9e3779b1) >>> 1],
  ['all the same', () => 12_345],
  ['all the largest', () => HASH_RANGE - 1],
  ['a few clusters', (number: number) => ((number % 7) * 306_783_378 + (number % 3)) % HASH_RANGE]
] as const) {
  t.test(`hashes: ${name}`, async (t) => {
    const table = directory()
    const random = new Random(7)
    const present = new Set<number>()
    const wrong: string[] = []
    for (let step = 0; step < 20_000; step++) {
      const number = 1 + random.below(step < 10_000 ? 2500 : 400)
      const hash = hashOf(number)
      const found = table.find(hash, nowhere, number, number)
      if ((found === number) !== present.has(number)) wrong.push(`${number} at ${step}`)
      if (found === 0 && (step < 10_000 || number % 2 === 0)) {
        table.insert(hash, number)
        present.add(number)
      } else if (found !== 0) {
        table.remove(hash, number)
        present.delete(number)
      }
    }
    t.strictSame(wrong, [])
    t.equal(table.count, present.size)
    const scanned: number[] = []
    let cursor = 0
    do cursor = table.scan(cursor, 3, (ref) => scanned.push(ref))
    while (cursor !== 0)
    t.strictSame(scanned.sort(), [...present].sort(), 'a scan visits each once')
  })
}

t.test('a scan visits what stays exactly once, whatever comes and goes', async (t) => {
  const hashOf = (number: number) => Math.imul(number, 0x9e3779b1) >>> 1
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const table = directory()
    const random = new Random(seed)
    const stays = Array.from({ length: 300 }, (_, index) => index + 1)
    for (const number of stays) table.insert(hashOf(number), number)
    const others = new Set<number>()
    const seen: number[] = []
    let cursor = 0
    do {
      cursor = table.scan(cursor, 1 + random.below(5), (ref) => {
        if (ref <= 300) seen.push(ref)
      })
      // Waves that make the table grow and shrink while it is scanned.
      for (let change = 0; change < 200; change++) {
        const number = 1000 + random.below(seed % 2 === 0 ? 20_000 : 2000)
        if (others.delete(number)) table.remove(hashOf(number), number)
        else if (others.size < 15_000) {
          others.add(number)
          table.insert(hashOf(number), number)
        }
      }
      if (random.below(100) === 0) {
        for (const number of others) table.remove(hashOf(number), number)
        others.clear()
      }
    } while (cursor !== 0)
    t.strictSame(
      seen.sort((a, b) => a - b),
      stays,
      `seed ${seed}`
    )
  }
})

t.test('the hash depends on a secret, on every byte and on the length', async (t) => {
  const one = new KeyHash(Buffer.from('01234567'))
  const same = new KeyHash(Buffer.from('01234567'))
  const other = new KeyHash(Buffer.from('01234568'))
  const random = new KeyHash()
  const source = new ByteSource()
  const of = (hash: KeyHash, bytes: Buffer) => hash.of(source.over(bytes), 0, bytes.length)
  const seen = new Set<number>()
  for (let length = 0; length < 40; length++) {
    const bytes = Buffer.alloc(length)
    seen.add(of(one, bytes))
    t.equal(of(one, bytes), of(same, bytes))
    t.not(of(one, bytes), of(other, bytes))
    for (let at = 0; at < length; at++) {
      bytes[at] = 1
      seen.add(of(one, bytes))
      bytes[at] = 0
    }
  }
  t.equal(seen.size, 40 + (39 * 40) / 2, 'no two are the same')
  t.ok([...seen].every((hash) => hash >= 0 && hash < HASH_RANGE))
  t.not(of(random, Buffer.from('key')), of(new KeyHash(), Buffer.from('key')))
})
