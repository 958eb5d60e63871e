import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Address } from '@shiny/core'
import type { Test } from 'tap'
import { Noted } from './driver/noted.js'
import { Peer } from './driver/peer.js'
import { overReactors, type ReactorKind } from './driver/reactors.js'
import { startLines } from './driver/start.js'

interface Serving {
  readonly worker: Worker
  readonly address: Address
}

/** Starts a thread that serves; `block` names the hook in which it gets stuck. */
async function serve(t: Test, reactor: ReactorKind, block?: string): Promise<Serving> {
  const file = new URL('./fixtures/serving.js', import.meta.url)
  const worker = new Worker(file, { workerData: { reactor, block } })
  t.teardown(() => worker.terminate())
  const [port] = (await once(worker, 'message')) as [number]
  return { worker, address: Address.ip('127.0.0.1', port) }
}

const provocations: Record<string, (peer: Peer) => void> = {
  onOpen: () => {},
  onMessage: (peer) => void peer.write('go\n'),
  onWake: (peer) => void peer.write('wake\n'),
  onDrain: (peer) => void peer.write('flood\n'),
  onEnd: (peer) => peer.end(),
  onClose: (peer) => peer.end()
}

overReactors((t, reactor) => {
  t.test('each thread has a reactor of its own', async (t) => {
    const servings = await Promise.all(Array.from({ length: 4 }, () => serve(t, reactor)))
    const ids = new Set<string>()
    for (const { address } of servings) {
      for (let i = 0; i < 3; i++) {
        const peer = await Peer.connect(address)
        await peer.write('id\n')
        ids.add((await peer.line()).split(' ')[1] ?? '')
        peer.end()
        await peer.closed()
      }
    }
    t.equal(ids.size, 12, 'ids are unique over all threads')
    for (const { worker } of servings) {
      worker.postMessage('stop')
      const [code] = await once(worker, 'exit')
      t.equal(code, 0, 'a thread whose server has stopped ends by itself')
    }
  })

  t.test('terminate() inside a handler, many times', { timeout: 100_000 }, async (t) => {
    for (let round = 0; round < 100; round++) {
      const [hook, provoke] = Object.entries(provocations)[round % 6] as [string, (peer: Peer) => void]
      const { worker, address } = await serve(t, reactor, hook)
      const peer = await Peer.connect(address)
      const blocked = once(worker, 'message')
      provoke(peer)
      t.strictSame(await blocked, ['blocked'], hook)
      await worker.terminate()
      await peer.closed()
    }
  })

  t.test('terminate() of an idle thread with connections', async (t) => {
    for (let round = 0; round < 5; round++) {
      const { worker, address } = await serve(t, reactor)
      const peers = await Promise.all(Array.from({ length: 10 }, () => Peer.connect(address)))
      await peers[0]?.write('hello\n')
      await peers[0]?.line()
      await worker.terminate()
      await Promise.all(peers.map((peer) => peer.closed()))
    }
    t.pass('no peer is left connected')
  })

  t.test('terminate() inside a call into the reactor', async (t) => {
    const file = new URL('./fixtures/restarting.js', import.meta.url)
    for (let round = 0; round < 30; round++) {
      const worker = new Worker(file, { workerData: { reactor } })
      for (let times = 0; times <= round % 3; times++) await once(worker, 'message')
      await new Promise((resolve) => setTimeout(resolve, round % 5))
      t.equal(await worker.terminate(), 1)
    }
  })

  t.test('the main thread serves on while others come and go', async (t) => {
    class Echo extends Noted {
      override onMessage(text: string): void {
        this.send(text)
      }
    }
    const { connect } = await startLines(t, reactor, Echo)
    const peer = await connect()
    for (let round = 0; round < 5; round++) {
      const { worker } = await serve(t, reactor)
      await peer.write(`round ${round}\n`)
      t.equal(await peer.line(), `round ${round}`)
      await worker.terminate()
    }
  })
})
