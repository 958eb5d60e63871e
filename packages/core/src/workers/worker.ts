import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { ListenOptions } from '../address/address.js'
import { ShinyError } from '../errors/index.js'
import { addStats, type ServerStats } from '../observe/stats.js'
import {
  type Bound,
  ORDERS,
  type Orders,
  type PlainAddress,
  type ToMain,
  type ToWorker,
  unpackError
} from './protocol.js'

/** How long a module may take until it calls `workers()`, and a server until it listens, in milliseconds. */
const START_LIMIT = 30_000
/** How long after its deadline a stop may take before the thread is terminated, in milliseconds. */
const STOP_GRACE = 2000
/** How long a worker may take to tell its statistics before its last ones stand in, in milliseconds. */
const STATS_LIMIT = 1000

/** How a thread ended. */
export interface WorkerEnd {
  readonly code: number
  /** What was thrown and not caught, or why it could not start. */
  readonly error: Error | null
}

/** One thread of a pool, as the main thread knows it, from its start to its end. It is not started again; another one is. */
export class PoolWorker {
  readonly index: number
  readonly threadId: number
  /** Settles when the thread has ended. */
  readonly ended: Promise<WorkerEnd>
  /** What its server was last known to have done. */
  stats: ServerStats = addStats()
  /** Since when it has served, on the clock of `performance.now()`; null before. */
  servingSince: number | null = null
  readonly #thread: Worker
  readonly #port: MessagePort
  readonly #taken = new Int32Array(new SharedArrayBuffer(4))
  /** Descriptors that were sent and may not be taken over yet, oldest first; before them stand `#trimmed` others. */
  readonly #offered: number[] = []
  #trimmed = 0
  #error: Error | null = null
  #hasEnded = false
  readonly #waiting = new Map<ToMain['kind'], (message: ToMain) => void>()
  /** Those who wait for statistics. */
  readonly #asking = new Set<() => void>()

  constructor(module: string, index: number) {
    const { port1, port2 } = new MessageChannel()
    const orders: Orders = { module, index, port: port2, taken: this.#taken }
    this.index = index
    this.#port = port1
    this.#thread = new Worker(module, {
      workerData: { [ORDERS]: orders },
      transferList: [port2],
      argv: process.argv.slice(2)
    })
    this.threadId = this.#thread.threadId
    port1.on('message', (message: ToMain) => this.#told(message))
    // The thread keeps the process alive, or lets it end; the port to it has no say in that.
    port1.unref()
    this.#thread.on('error', (error) => {
      this.#error ??= error
    })
    this.ended = new Promise((resolve) => {
      this.#thread.once('exit', (code) => resolve(this.#exited(code)))
    })
  }

  /** Waits until the server is built. Resolves with whether the native reactor serves; rejects when there is no server. */
  async built(): Promise<boolean> {
    const message = await this.#answer('built')
    return message.kind === 'built' && message.native
  }

  /** Lets the server listen by itself; resolves with its addresses, for each place in `at`. */
  listen(at: readonly ListenOptions[]): Promise<readonly Bound[]> {
    this.#tell({ kind: 'listen', at })
    return this.#listening()
  }

  /** Lets the server serve connections that are handed over; some may follow at once. */
  adopt(addresses: readonly PlainAddress[]): Promise<readonly Bound[]> {
    this.#tell({ kind: 'adopt', addresses })
    return this.#listening()
  }

  /** Hands a connection over. */
  give(fd: number): void {
    this.#trim()
    this.#offered.push(fd)
    this.#tell({ kind: 'connection', fd })
  }

  /** The descriptors that a thread which has ended did not take over. They are the caller's again. */
  leftBehind(): number[] {
    this.#trim()
    return this.#offered.splice(0)
  }

  /** Asks for the statistics. A thread that is busy for long is spoken for by what it last told. */
  ask(): Promise<ServerStats> {
    if (this.servingSince === null || this.#hasEnded) return Promise.resolve(this.stats)
    return new Promise((resolve) => {
      const answer = () => {
        clearTimeout(limit)
        this.#asking.delete(answer)
        resolve(this.stats)
      }
      const limit = setTimeout(answer, STATS_LIMIT)
      this.#asking.add(answer)
      this.#tell({ kind: 'stats' })
    })
  }

  /** Stops the server, and ends the thread, by force when it does not heed the deadline. */
  async stop(timeout: number): Promise<void> {
    if (this.servingSince === null) this.terminate()
    else this.#tell({ kind: 'stop', timeout })
    const force = setTimeout(() => this.terminate(), Math.min(timeout + STOP_GRACE, 2 ** 31 - 1))
    await this.ended
    clearTimeout(force)
  }

  terminate(): void {
    void this.#thread.terminate()
  }

  ref(): void {
    this.#thread.ref()
  }

  unref(): void {
    this.#thread.unref()
  }

  async #listening(): Promise<readonly Bound[]> {
    const message = await this.#answer('listening')
    this.servingSince = performance.now()
    return message.kind === 'listening' ? message.bound : []
  }

  /** Waits for a message of a kind; rejects when the worker fails or ends before, or takes too long. */
  #answer(kind: 'built' | 'listening'): Promise<ToMain> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(limit)
        this.#waiting.delete(kind)
        this.#waiting.delete('failed')
      }
      const fail = (error: Error) => {
        done()
        this.#error ??= error
        this.terminate()
        reject(error)
      }
      const limit = setTimeout(() => {
        fail(new ShinyError('ERR_WORKER', `worker ${this.index} did not start within ${START_LIMIT / 1000} s`))
      }, START_LIMIT)
      this.#waiting.set(kind, (message) => {
        done()
        resolve(message)
      })
      this.#waiting.set('failed', (message) => {
        if (message.kind === 'failed') fail(unpackError(message.error))
      })
      void this.ended.then(({ code, error }) => fail(this.#neverStarted(code, error)))
    })
  }

  #neverStarted(code: number, error: Error | null): ShinyError {
    if (error instanceof ShinyError) return error
    const why = error === null ? `it ended with code ${code} before it served` : error.message
    return new ShinyError('ERR_WORKER', `worker ${this.index} could not start: ${why}`, { cause: error ?? undefined })
  }

  #told(message: ToMain): void {
    if (message.kind === 'stats' || message.kind === 'stopped') this.stats = message.stats
    if (message.kind === 'stats') this.#answerAll()
    this.#waiting.get(message.kind)?.(message)
  }

  /** What the thread said last may still be on its way when its end is told. */
  #exited(code: number): WorkerEnd {
    for (let last = receiveMessageOnPort(this.#port); last !== undefined; last = receiveMessageOnPort(this.#port)) {
      this.#told(last.message as ToMain)
    }
    this.#port.close()
    this.#hasEnded = true
    this.#answerAll()
    return { code, error: this.#error }
  }

  #answerAll(): void {
    for (const answer of this.#asking) answer()
  }

  #trim(): void {
    const taken = Atomics.load(this.#taken, 0)
    this.#offered.splice(0, taken - this.#trimmed)
    this.#trimmed = taken
  }

  #tell(message: ToWorker): void {
    this.#port.postMessage(message)
  }
}
