import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { Connection, Waker } from '@shiny/core'
import type { Test } from 'tap'
import { frames } from './driver/frames.js'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'
import type { Order } from './fixtures/waking.js'

interface Token {
  readonly id: number
  readonly round: number
}

/** Counts its wakes, and notes what must not be. */
class Counted extends Connection<string, string, Journal> {
  rounds = 0

  override onOpen(): void {
    this.app.note('open')
  }
  override onMessage(): void {}
  override onWake(token: Token): void {
    if (token.id !== this.id) this.app.note('misdirected')
    if (token.round !== this.rounds++) this.app.note('out of order')
    this.app.note(`round ${token.round}`)
  }
  override onClose(): void {
    this.app.note('close')
  }
}

overReactors((t, reactor) => {
  t.test('a worker wakes a connection, in the order of its calls', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Counted)
    await connect()
    await journal.until('open')
    await order(t, { wakers: wakersOf(server.connections), rounds: 5, burst: 2 })
    await journal.until('round 4')
    t.strictSame(journal.entries, ['open', ...[0, 1, 2, 3, 4].map((round) => `round ${round}`)])
  })

  t.test('a hundred thousand wakes, of closed connections too: none lost, none misdirected', async (t) => {
    const count = 50
    const rounds = 2000
    const { connect, journal, server } = await startLines(t, reactor, Counted)
    for (let i = 0; i < count; i++) await connect()
    await journal.until('open', count)
    const all = [...server.connections] as unknown as Counted[]
    const wakers = all.map((connection) => connection.waker())
    // Every fifth closes before, every other fifth in the middle.
    const [before, during] = [0, 1].map((rest) => all.filter((_, i) => i % 5 === rest))
    for (const connection of before ?? []) connection.destroy()
    await journal.until('close', count / 5)
    // Their slots are taken by others, which must hear nothing.
    for (let i = 0; i < count / 5; i++) await connect()
    await journal.until('open', count + count / 5)
    const done = order(t, { wakers, rounds, burst: 5000 })
    await journal.until('round 100', count / 5)
    for (const connection of during ?? []) connection.destroy()
    t.equal(await done, count * rounds)
    await journal.until(`round ${rounds - 1}`, (3 * count) / 5)
    t.equal(journal.count('misdirected') + journal.count('out of order'), 0)
    t.ok(all.every((connection, i) => i % 5 < 2 || connection.rounds === rounds))
    t.ok((before ?? []).every((connection) => connection.rounds === 0))
    t.equal(
      [...server.connections].filter((connection) => (connection as unknown as Counted).rounds === 0).length,
      count / 5
    )
  })

  t.test('wakers keep no process alive', async (t) => {
    const program = fileURLToPath(new URL('./fixtures/waker-left.js', import.meta.url))
    const child = spawn(process.execPath, [program, reactor], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [[code], output] = await Promise.all([once(child, 'exit'), text(child.stdout)])
    t.equal(code, 0)
    t.equal(output, 'woken by hello\n')
  })

  t.test('tokens are cloned, and one that cannot be is refused to its caller alone', async (t) => {
    class Deep extends Noted {
      override onWake(token: unknown): void {
        this.app.note(JSON.stringify(token) ?? 'undefined')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Deep)
    await connect()
    await journal.until('open')
    for (const connection of server.connections) {
      const waker = connection.waker()
      const token = { list: [1, 'two'] }
      waker.wake(token)
      token.list.push(3)
      t.throws(() => waker.wake(() => {}), { name: 'DataCloneError' })
      t.throws(() => waker.wake(Symbol('no')), { name: 'DataCloneError' })
      waker.wake()
      new Waker(structuredClone(waker)).wake(null)
    }
    await journal.until('null')
    t.strictSame(journal.entries, ['open', '{"list":[1,"two"]}', 'undefined', 'null'])
  })

  t.test('a waker outlives an upgrade, and does nothing after the close', async (t) => {
    class Next extends Noted<string | null> {
      override onWake(token: unknown): void {
        this.app.note(`wake ${token}`)
      }
    }
    class First extends Noted {
      override onMessage(): void {
        this.upgrade(frames(), Next)
        this.app.note('upgraded')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, First)
    const peer = await connect()
    await journal.until('open')
    const [waker] = [...server.connections].map((connection) => connection.waker())
    await peer.write('go\n')
    await journal.until('upgraded')
    waker?.wake('up')
    await journal.until('wake up')
    peer.end()
    await journal.starting('close')
    waker?.wake('nobody')
    const other = await connect()
    await journal.until('open', 3)
    for (const connection of server.connections) connection.waker().wake('other')
    await other.write('go\n')
    await journal.until('upgraded', 2)
    t.notOk(journal.entries.includes('wake nobody'))
  })
})

/** Lets a worker carry the order out; resolves with the number of wakes that it made, when it has ended by itself. */
async function order(t: Test, what: Order): Promise<number> {
  const worker = new Worker(new URL('./fixtures/waking.js', import.meta.url))
  t.teardown(() => worker.terminate())
  worker.postMessage(what)
  const ended = once(worker, 'exit')
  const [made] = (await once(worker, 'message')) as [number]
  await ended
  return made
}

/** What has become of wakers that are posted. */
function wakersOf(connections: Iterable<{ waker(): Waker }>): Order['wakers'] {
  return [...connections].map((connection) => structuredClone(connection.waker()))
}
