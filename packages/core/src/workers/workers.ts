import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { workerData } from 'node:worker_threads'
import { optionError, ShinyError } from '../errors/index.js'
import type { Server } from '../server/server.js'
import { checkWorkersOptions, type WorkersOptions } from './options.js'
import { WorkerPool } from './pool.js'
import { ORDERS, type Orders } from './protocol.js'
import { Serving } from './serving.js'

/**
 * Serves one port by several threads, each with a reactor and a Server of its own. Call it at the top of a module and give it
 * `import.meta.url`: that module is run again in each worker, and there the same call makes the server and serves.
 *
 * - What stands before the call runs in every thread; what stands behind it runs in the main thread alone, because in a worker the
 *   promise never settles.
 * - `make` runs in the workers alone, told which of them it is in, from 0.
 * - A module starts one pool, and the modules that it imports start none.
 * - Each worker has its own copy of everything: of the server's `app`, of its limits, of the module's variables.
 *
 * Resolves when all workers serve; rejects when one cannot, and then none does.
 *
 * @throws {@link ShinyError} `ERR_OPTION` for a bad option, what {@link Server.listen} throws, `ERR_WORKER` when a worker fails
 * in another way or does not begin to serve within 30 seconds.
 *
 * @example
 * ```ts
 * import { Connection, Server, workers } from '@shiny/core'
 * import { line } from '@shiny/codecs'
 *
 * class Echo extends Connection<string> {
 *   override onMessage(text: string): void {
 *     this.send(text)
 *   }
 * }
 *
 * const pool = await workers(import.meta.url, { listen: { port: 9999 } }, () => new Server({ codec: line(), connection: Echo }))
 * console.log(`${pool.workers.length} threads serve ${pool.addresses}`)
 * process.once('SIGTERM', () => void pool.stop())
 * ```
 */
export async function workers<In, Out, App>(
  module: string | URL,
  options: WorkersOptions,
  make: (index: number) => Server<In, Out, App> | Promise<Server<In, Out, App>>
): Promise<WorkerPool> {
  const file = realModule(module)
  const orders = (workerData as { readonly [ORDERS]?: Orders } | null)?.[ORDERS]
  if (orders === undefined) return WorkerPool.start(file, checkWorkersOptions(options))
  if (orders.module !== file) {
    throw new ShinyError('ERR_WORKER', `a worker of ${orders.module} cannot start a pool of its own, of ${file}`)
  }
  await Serving.start(orders, make)
  return new Promise(() => undefined)
}

/** The path of a module as every thread sees it: whatever links lead to it. */
function realModule(module: string | URL): string {
  try {
    return realpathSync(/^file:/.test(String(module)) ? fileURLToPath(module) : String(module))
  } catch (error) {
    throw optionError('module', `expected the URL or the path of a file, got ${module} (${(error as Error).message})`)
  }
}
