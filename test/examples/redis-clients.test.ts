// The two big clients, at their default options: RESP3, and all that they ask for when they connect.
import { Redis } from 'ioredis'
import { createClient, RESP_TYPES } from 'redis'
import t from 'tap'
import { startServer } from './support/program.js'
import { Random } from './support/random.js'

const COUNT = 100_000
const PIPELINE = 5000

interface Pair {
  key: Buffer
  value: Buffer
}

/** Every tenth key and value is any bytes, the others are text. */
function pairs(seed: number): Pair[] {
  const random = new Random(seed)
  return Array.from({ length: COUNT }, (_, index) => {
    const key = Buffer.from(`key:${index}`)
    if (index % 10 !== 0) return { key, value: Buffer.from(`value of ${index}`) }
    return { key: Buffer.concat([key, random.bytes(8)]), value: random.bytes(random.below(100)) }
  })
}

function* batches(all: readonly Pair[]): Generator<readonly Pair[]> {
  for (let at = 0; at < all.length; at += PIPELINE) yield all.slice(at, at + PIPELINE)
}

t.test('ioredis', async (t) => {
  const { port } = await startServer(t, 'redis-server')
  const client = new Redis({ port, host: '127.0.0.1' })
  t.teardown(() => client.disconnect())
  t.equal(await client.ping(), 'PONG')
  t.match(String(await client.call('CLIENT', 'INFO')), 'resp=3')

  const all = pairs(1)
  let stored = 0
  let right = 0
  for (const batch of batches(all)) {
    const pipeline = client.pipeline()
    for (const { key, value } of batch) pipeline.set(key, value)
    for (const [error, reply] of (await pipeline.exec()) ?? []) if (error === null && reply === 'OK') stored++
  }
  t.equal(stored, COUNT)
  for (const batch of batches(all)) {
    const pipeline = client.pipeline()
    for (const { key } of batch) pipeline.getBuffer(key)
    const replies = (await pipeline.exec()) ?? []
    for (const [index, { value }] of batch.entries()) if (value.equals(replies[index][1] as Buffer)) right++
  }
  t.equal(right, COUNT, 'every value is the one that was set')
  t.equal(await client.dbsize(), COUNT)

  const keys: string[] = []
  for await (const some of client.scanStream({ match: 'key:1234*', count: 1000 })) keys.push(...(some as string[]))
  t.ok(keys.length >= 11)
  await client.set('counter', 5, 'EX', 100)
  t.equal(await client.incrby('counter', 10), 15)
  t.strictSame(await client.mget('counter', 'nothing'), ['15', null])
  t.equal(await client.quit(), 'OK')
})

t.test('node-redis', async (t) => {
  const { port } = await startServer(t, 'redis-server')
  const client = createClient({ url: `redis://127.0.0.1:${port}` })
  const errors: unknown[] = []
  client.on('error', (error) => errors.push(error))
  await client.connect()
  t.teardown(() => {
    if (client.isOpen) client.destroy()
  })
  t.equal(await client.ping(), 'PONG')
  t.match(String(await client.sendCommand(['CLIENT', 'INFO'])), 'resp=3')

  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  const all = pairs(2)
  let stored = 0
  let right = 0
  for (const batch of batches(all)) {
    const replies = await Promise.all(batch.map(({ key, value }) => client.set(key, value)))
    for (const reply of replies) if (String(reply) === 'OK') stored++
  }
  t.equal(stored, COUNT)
  for (const batch of batches(all)) {
    const replies = await Promise.all(batch.map(({ key }) => binary.get(key)))
    for (const [index, { value }] of batch.entries()) if (value.equals(replies[index] as unknown as Buffer)) right++
  }
  t.equal(right, COUNT, 'every value is the one that was set')
  t.equal(await client.dbSize(), COUNT)

  await client.set('counter', 5, { expiration: { type: 'EX', value: 100 } })
  t.equal(await client.incrBy('counter', 10), 15)
  t.strictSame(await client.mGet(['counter', 'nothing']), ['15', null])
  t.strictSame({ ...(await client.configGet('appendonly')) }, { appendonly: 'no' })
  t.ok((await client.commandCount()) > 40)
  await client.close()
  t.strictSame(errors, [])
})
