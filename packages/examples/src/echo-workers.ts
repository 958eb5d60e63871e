/**
 * Answers each line with the same line, by several threads on one port. Each thread runs this module: what stands before
 * `workers()` is run by all of them, what stands behind it by the main thread alone.
 *
 *     node packages/examples/dist/echo-workers.js --port 9999 --threads 4
 *     nc 127.0.0.1 9999
 */
import { threadId } from 'node:worker_threads'
import { line } from '@shiny/codecs'
import { Connection, Server, type WorkerPool, workers } from '@shiny/core'
import { choiceFlag, countFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { fail, stopOnSignals } from './command-line/program.js'

class Echo extends Connection<string> {
  override onMessage(text: string): void {
    if (text === 'who') this.send(`thread ${threadId}`)
    else if (text === 'quit') this.end('bye')
    else this.send(text)
  }
}

const { port, host, threads, balance } = readFlags('echo-workers', 'Echoes lines by several threads on one port.', {
  port: portFlag(9999, 'TCP port to listen on; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
  threads: countFlag('cores', 1024, 'how many threads serve'),
  balance: choiceFlag(['auto', 'kernel', 'handover'], 'who spreads the connections over the threads')
})

/** Runs until a signal stops the pool. A pool that cannot start says why. */
async function main(starting: Promise<WorkerPool>): Promise<void> {
  const pool = await starting
  stopOnSignals(() => void pool.stop())
  pool.on('error', (error) => process.stderr.write(`echo-workers: ${error.message}\n`))
  const count = pool.workers.length
  process.stdout.write(
    `echo-workers: listening on ${pool.addresses.join(', ')} (${count} thread${count === 1 ? '' : 's'})\n`
  )
}

const options = {
  listen: { port, host },
  ...(threads === null ? {} : { count: threads }),
  ...(balance === 'auto' ? {} : { balance })
}
await main(workers(import.meta.url, options, () => new Server({ codec: line(), connection: Echo }))).catch((error) =>
  fail('echo-workers', error)
)
