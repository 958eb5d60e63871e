// A program that starts threads which serve, and terminates each while it is stuck in a hook.

import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { runCommand } from '../../command-line.js'
import { obey } from './control.js'

class Stuck extends Connection<string> {
  override onOpen(): void {
    this.#at('onOpen')
  }
  override onMessage(text: string): void {
    this.#at('onMessage')
    if (text === 'wake') this.wake()
    if (text === 'flood') this.send('x'.repeat(200_000))
  }
  override onBatchEnd(): void {
    this.#at('onBatchEnd')
  }
  override onDrain(): void {
    this.#at('onDrain')
  }
  override onWake(): void {
    this.#at('onWake')
  }
  override onEnd(): void {
    this.#at('onEnd')
  }
  override onClose(): void {
    this.#at('onClose')
  }
  #at(hook: string): void {
    if (hook !== workerData) return
    parentPort?.postMessage('stuck')
    for (;;);
  }
}

async function serve(): Promise<void> {
  const server = new Server({ codec: line(), connection: Stuck })
  await server.listen({ host: '127.0.0.1', port: 0 })
  parentPort?.postMessage(server.addresses[0]?.port)
}

/** Steers one thread after the other. */
async function steer(): Promise<void> {
  let worker: Worker | null = null
  let stuck: Promise<unknown> = Promise.resolve()
  await obey(
    {},
    {
      start: async (hook) => {
        worker = new Worker(new URL(import.meta.url), { workerData: hook })
        const [port] = (await once(worker, 'message')) as [number]
        stuck = once(worker, 'message')
        return { port }
      },
      stuck: () => stuck.then(() => {}),
      terminate: async () => ({ code: await worker?.terminate() })
    }
  )
}

await runCommand('threads', async () => {
  await (isMainThread ? steer() : serve())
  return 0
})
