import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { createServer, connect as netConnect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Address } from '@shiny/core'
import type { Test } from 'tap'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'

/** What Node offers to wait for, each begun inside a handler. */
const works: Record<string, () => Promise<unknown>> = {
  nextTick: () => new Promise<void>((resolve) => process.nextTick(resolve)),
  microtask: () => new Promise<void>((resolve) => queueMicrotask(resolve)),
  promise: () => Promise.resolve().then(() => Promise.resolve()),
  setImmediate: () => new Promise<void>((resolve) => setImmediate(resolve)),
  'setTimeout 0': () => new Promise<void>((resolve) => setTimeout(resolve, 0)),
  'setTimeout 20': () => new Promise<void>((resolve) => setTimeout(resolve, 20)),
  'timeout in a timeout': () => new Promise<void>((resolve) => setTimeout(() => setTimeout(resolve, 5), 5)),
  setInterval: () =>
    new Promise<void>((resolve) => {
      let count = 0
      const timer = setInterval(() => {
        if (++count < 5) return
        clearInterval(timer)
        resolve()
      }, 2)
    }),
  'fs.readFile': () => readFile(fileURLToPath(import.meta.url)),
  'fs.stat': () => stat('.'),
  'dns.lookup': () => lookup('127.0.0.1'),
  'a net client': netRoundTrip,
  'a child process': () =>
    new Promise<void>((resolve, reject) => {
      execFile(process.execPath, ['-e', '0'], (error) => (error === null ? resolve() : reject(error)))
    }),
  'a worker thread': () => once(new Worker('', { eval: true }), 'exit'),
  'the inspector': evaluateFromOutside,
  'an aborted timeout': () => once(AbortSignal.timeout(10), 'abort')
}

/** A debugger in another thread evaluates an expression in this one. */
async function evaluateFromOutside(): Promise<void> {
  const debug = `
    const { Session } = require('node:inspector')
    const session = new Session()
    // An answer that is awaited does not keep a thread alive.
    const alive = setInterval(() => {}, 1000)
    session.connectToMainThread()
    session.post('Runtime.evaluate', { expression: '6 * 7' }, (error, answer) => {
      require('node:worker_threads').parentPort.postMessage(error ?? answer.result.value)
      session.disconnect()
      clearInterval(alive)
    })`
  const [value] = await once(new Worker(debug, { eval: true }), 'message')
  if (value !== 42) throw new Error(`the inspector answered ${String(value)}`)
}

class Working extends Noted {
  override onMessage(text: string): void {
    const work = works[text]
    if (work === undefined) this.send(text)
    else
      void work().then(
        () => this.send(`${text} done`),
        (error: Error) => this.send(`${text} failed: ${error.message}`)
      )
  }
}

overReactors((t, reactor) => {
  t.test('all that Node can wait for completes when begun in a handler, without other traffic', async (t) => {
    const { connect } = await startLines(t, reactor, Working)
    const peer = await connect()
    for (const name of Object.keys(works)) {
      await peer.write(`${name}\n`)
      t.equal(await peer.line(), `${name} done`)
    }
  })

  t.test('and while a load runs', { timeout: 60_000 }, async (t) => {
    const { connect, address, journal } = await startLines(t, reactor, Working)
    const load = await startLoad(t, address, 20)
    const peer = await connect()
    for (let round = 0; round < 3; round++) {
      for (const name of Object.keys(works)) {
        await peer.write(`${name}\n`)
        t.equal(await peer.line(), `${name} done`)
      }
    }
    t.ok((await load.end()) > 20, 'the load was answered all the time')
    peer.end()
    await journal.until('close peer', 21)
  })

  t.test('ticks and microtasks run between a turn’s end and the next, in Node’s order', async (t) => {
    class Ordered extends Noted {
      override onMessage(text: string): void {
        const note = (what: string) => () => this.app.note(`${what} ${text}`)
        setImmediate(note('immediate'))
        Promise.resolve().then(note('microtask'))
        process.nextTick(note('tick'))
        this.app.note(`message ${text}`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Ordered)
    const peer = await connect()
    await peer.write('a\n')
    await journal.until('immediate a')
    t.strictSame(journal.entries, ['open', 'message a', 'tick a', 'microtask a', 'immediate a'])
  })

  t.test('async context reaches what a handler begins', async (t) => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const storage = new AsyncLocalStorage<string>()
    class Contextual extends Noted {
      override onMessage(text: string): void {
        storage.run(text, () => setImmediate(() => this.send(`in ${storage.getStore()}`)))
      }
    }
    const { connect } = await startLines(t, reactor, Contextual)
    const peer = await connect()
    await peer.write('a\nb\n')
    t.equal(await peer.text(10), 'in a\nin b\n')
  })

  t.test('timers keep their order under load', async (t) => {
    const { address, journal } = await startLines(t, reactor, Working)
    const load = await startLoad(t, address, 20)
    for (const delay of [30, 10, 20]) setTimeout(() => journal.note(`after ${delay}`), delay)
    await journal.until('after 30')
    const timers = journal.entries.filter((entry) => entry.startsWith('after'))
    t.strictSame(timers, ['after 10', 'after 20', 'after 30'])
    await load.end()
  })

  t.test('one connection that floods does not keep others from being served', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Working)
    const flooding = await connect()
    let flood = true
    const pump = async () => {
      while (flood) await flooding.write('flood flood flood flood flood\n'.repeat(5000))
    }
    const pumping = pump()
    const peer = await connect()
    for (let i = 0; i < 20; i++) {
      await peer.write(`${i}\n`)
      t.equal(await peer.line(), String(i))
    }
    flood = false
    await pumping
    flooding.reset()
    await journal.starting('close')
  })
})

async function netRoundTrip(): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = netConnect((server.address() as { port: number }).port, '127.0.0.1')
  client.write('x')
  await once(client, 'data')
  client.end()
  await once(client, 'close')
  server.close()
  await once(server, 'close')
}

/** Keeps the server busy from another thread; `end` tells how many answers there were. */
async function startLoad(t: Test, address: Address, connections: number): Promise<{ end: () => Promise<number> }> {
  const file = new URL('./fixtures/load.js', import.meta.url)
  const worker = new Worker(file, { workerData: { port: address.port, connections } })
  t.teardown(() => worker.terminate())
  const next = async () => (await once(worker, 'message'))[0] as unknown
  const first = await next()
  if (first !== 'busy') throw new Error(String(first))
  return {
    end: async () => {
      const last = next()
      worker.postMessage('end')
      const answered = await last
      if (typeof answered !== 'number') throw new Error(String(answered))
      return answered
    }
  }
}
