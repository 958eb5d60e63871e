// The guarantee of SCAN: what is there from the first call to the last is returned, whatever happens between the calls.
import t from 'tap'
import { type RedisWire, request, startRedis } from './support/redis.js'

async function call(client: RedisWire, cursor: string, count: number): Promise<{ next: string; keys: string[] }> {
  const lines = (await client.ask('SCAN', cursor, 'COUNT', String(count))).split('\r\n')
  return { next: lines[2], keys: lines.slice(4).filter((_, index) => index % 2 === 1) }
}

/** Runs many commands whose replies do not matter. */
async function change(client: RedisWire, commands: readonly string[]): Promise<void> {
  await client.askRaw(commands.join(''))
}

const stays = Array.from({ length: 2000 }, (_, index) => `stays:${index}`)

async function scanWhile(client: RedisWire, count: number, meanwhile: (step: number) => readonly string[]) {
  const seen: string[] = []
  let cursor = '0'
  let step = 0
  do {
    const { next, keys } = await call(client, cursor, count)
    seen.push(...keys)
    cursor = next
    await change(client, meanwhile(step++))
  } while (cursor !== '0')
  return { seen, step }
}

t.test('while the table grows', async (t) => {
  const { client } = await startRedis(t)
  await change(
    client,
    stays.map((key) => request('SET', key, 'x'))
  )
  const { seen, step } = await scanWhile(client, 20, (step) =>
    Array.from({ length: step < 60 ? 1000 : 0 }, (_, index) => request('SET', `new:${step}:${index}`, 'x'))
  )
  t.ok(step > 60, 'the table grew between the calls')
  const found = seen.filter((key) => key.startsWith('stays:'))
  t.equal(new Set(found).size, stays.length, 'each key that stays is returned')
  t.equal(found.length, stays.length, 'and none twice')
  await client.expect('DBSIZE', ':62000\r\n')
})

t.test('while the table shrinks', async (t) => {
  const { client } = await startRedis(t)
  await change(
    client,
    stays.map((key) => request('SET', key, 'x'))
  )
  for (let batch = 0; batch < 60; batch++) {
    await change(
      client,
      Array.from({ length: 1000 }, (_, index) => request('SET', `old:${batch}:${index}`, 'x'))
    )
  }
  const { seen, step } = await scanWhile(client, 100, (step) =>
    Array.from({ length: step < 60 ? 1000 : 0 }, (_, index) => request('DEL', `old:${step}:${index}`))
  )
  t.ok(step > 20)
  const found = seen.filter((key) => key.startsWith('stays:'))
  t.equal(new Set(found).size, stays.length, 'each key that stays is returned')
  t.equal(found.length, stays.length, 'and none twice')
})
