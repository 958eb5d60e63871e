import { isIP } from 'node:net'
import { EventEmitter } from 'eventemitter3'
import type { Address, ListenOptions } from '../address/address.js'
import { ShinyError } from '../errors/index.js'
import { addStats, type ServerStats, statsAtRest } from '../observe/stats.js'
import { chooseReactor } from '../reactor/choose.js'
import { acceptError } from '../reactor/socket-errors.js'
import { unharmed } from '../server/events.js'
import { checkStopOptions } from '../server/options.js'
import type { StopOptions } from '../server/server.js'
import { warnAbout } from '../server/warnings.js'
import { Backoff } from './backoff.js'
import { Giver } from './handover.js'
import type { CheckedWorkersOptions } from './options.js'
import { type Bound, type PlainAddress, packAddress, unpackAddress } from './protocol.js'
import { PoolWorker } from './worker.js'

/** One worker of a pool. */
export interface WorkerInfo {
  /** Its place in the pool, from 0. One that is started in its stead has the same. */
  readonly index: number
  /** The id of its thread, as `node:worker_threads` knows it. */
  readonly threadId: number
}

/** The events of a pool, with the arguments of their listeners. */
export interface WorkerPoolEvents {
  /** A worker that was started in the stead of another serves. */
  listening: (worker: WorkerInfo) => void
  /** A worker has ended, with the exit code of its thread. */
  exit: (worker: WorkerInfo, code: number) => void
  /** A worker ended although the pool does not stop, or the main thread could not accept. The pool goes on. */
  error: (error: Error) => void
  /** The pool has stopped. */
  close: () => void
}

/** A place in the pool whose worker has ended. */
interface EndedPlace {
  readonly index: number
  /** How long it served, in milliseconds. */
  readonly uptime: number
  readonly how: string
  readonly error: Error | null
}

/**
 * Threads that serve one port together, as the main thread sees them; {@link workers} makes one. A worker that ends is
 * replaced, after 100 ms at first and up to 10 s when it keeps ending.
 *
 * Events (eventemitter3; an `error` that nobody listens for is a process warning): see {@link WorkerPoolEvents}.
 */
export class WorkerPool extends EventEmitter<WorkerPoolEvents> {
  readonly #module: string
  readonly #options: CheckedWorkersOptions
  /** By place; undefined while a place waits for its next worker. */
  readonly #workers: (PoolWorker | undefined)[] = []
  readonly #backoffs: Backoff[] = []
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Where a worker listens that begins now; of no use where connections are handed over. */
  #at: readonly ListenOptions[]
  #giver: Giver | null = null
  #addresses: readonly Address[] = []
  /** What the workers that have ended did. */
  #retired: ServerStats = addStats()
  #referenced = true
  #started = false
  /** Workers that ended before all of them served. */
  readonly #early: EndedPlace[] = []
  #stopping: Promise<void> | null = null

  private constructor(module: string, options: CheckedWorkersOptions) {
    super()
    this.#module = module
    this.#options = options
    this.#at = options.listen
  }

  /** @internal Starts all workers; when one cannot serve, none does. */
  static async start(module: string, options: CheckedWorkersOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(module, options)
    try {
      await pool.#start()
      return pool
    } catch (error) {
      await pool.stop({ timeout: 0 })
      throw error
    }
  }

  /** What the pool is bound to, as {@link Server.addresses}; empty when it has stopped. */
  get addresses(): readonly Address[] {
    return this.#stopping === null ? this.#addresses : []
  }

  /** The workers that serve now. */
  get workers(): readonly WorkerInfo[] {
    return this.#serving().map(({ index, threadId }) => ({ index, threadId }))
  }

  /**
   * What all workers have done together; see {@link addStats}. Of one that crashed, what it had done when the statistics were
   * last asked for.
   */
  async stats(): Promise<ServerStats> {
    const asked = this.#workers.filter((worker) => worker !== undefined)
    const all = await Promise.all(asked.map((worker) => worker.ask()))
    // A worker that has ended in the meantime is among the retired.
    return addStats(this.#retired, ...all.filter((_, index) => this.#workers.includes(asked[index])))
  }

  /**
   * Stops all workers as {@link Server.stop} stops a server, at the same time, and ends their threads. Resolves when all have
   * ended. A second call joins the first; a pool that was stopped stays so.
   */
  stop(options: Pick<StopOptions, 'timeout'> = {}): Promise<void> {
    const timeout = checkStopOptions(options)
    this.#stopping ??= this.#stop(timeout)
    return this.#stopping
  }

  /** `stop()` with its default deadline, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Lets the pool keep the process alive, as it does from the beginning. */
  ref(): this {
    this.#referenced = true
    for (const worker of this.#workers) worker?.ref()
    return this
  }

  /** Lets the process end although the pool serves. */
  unref(): this {
    this.#referenced = false
    for (const worker of this.#workers) worker?.unref()
    return this
  }

  // ---- inside

  #serving(): PoolWorker[] {
    return this.#workers.filter((worker) => worker !== undefined && worker.servingSince !== null) as PoolWorker[]
  }

  async #start(): Promise<void> {
    const { count, balance } = this.#options
    const workers = Array.from({ length: count }, (_, index) => this.#spawn(index))
    const native = (await Promise.all(workers.map((worker) => worker.built()))).every(Boolean)
    const reactor = balance === 'handover' && native ? chooseReactor('auto') : null
    if (count > 1 && (!native || reactor?.handover === null)) await this.#serveAlone()
    else if (reactor?.handover && count > 1) {
      const giver = new Giver(reactor, reactor.handover, (errno) => this.#acceptFailed(errno))
      this.#giver = giver
      await giver.listen(this.#options.listen)
      this.#addresses = giver.addresses
      await Promise.all(workers.map((worker) => this.#serve(worker)))
    } else await this.#serveApart(workers)
    this.#started = true
    for (const end of this.#early.splice(0)) this.#restart(end)
  }

  /** Each worker has its own socket on the port. The first finds out which port that is. */
  async #serveApart([first, ...others]: readonly PoolWorker[]): Promise<void> {
    if (others.length > 0) this.#at = this.#options.listen.map((options) => ({ ...options, reusePort: true }))
    const bound = await (first as PoolWorker).listen(this.#at)
    this.#addresses = bound.flat().map(unpackAddress)
    this.#at = this.#at.flatMap((options, index) => (bound[index] as Bound).map((address) => exactly(options, address)))
    await Promise.all(others.map((worker) => this.#serve(worker)))
  }

  /** The portable reactor can neither share a port nor give a connection away. */
  async #serveAlone(): Promise<void> {
    const why = 'one worker serves in place of several: the portable reactor cannot share a port between threads'
    process.emitWarning(why, { type: 'ShinyWarning', code: 'ERR_REACTOR_UNAVAILABLE' })
    const [first, ...others] = this.#workers.splice(0) as PoolWorker[]
    this.#workers.push(first)
    await Promise.all(others.map((worker) => worker.stop(0)))
    this.#early.length = 0
    await this.#serveApart([first as PoolWorker])
  }

  /** Lets a worker serve as the others do. */
  async #serve(worker: PoolWorker): Promise<void> {
    const giver = this.#giver
    if (giver === null) await worker.listen(this.#at)
    else {
      await worker.adopt(this.#addresses.map(packAddress))
      giver.add(worker)
    }
  }

  #spawn(index: number): PoolWorker {
    const worker = new PoolWorker(this.#module, index)
    this.#workers[index] = worker
    if (!this.#referenced) worker.unref()
    void worker.ended.then(({ code, error }) => this.#ended(worker, code, error))
    return worker
  }

  #ended(worker: PoolWorker, code: number, error: Error | null): void {
    const { index, threadId, stats, servingSince } = worker
    if (this.#workers[index] === worker) this.#workers[index] = undefined
    this.#retired = addStats(this.#retired, statsAtRest(stats))
    this.#giver?.remove(worker)
    unharmed(() => this.emit('exit', { index, threadId }, code))
    const uptime = servingSince === null ? 0 : performance.now() - servingSince
    const how = error === null ? `with exit code ${code}` : `by an error: ${error.message}`
    const end = { index, uptime, how, error }
    if (this.#started) this.#restart(end)
    else this.#early.push(end)
  }

  #restart({ index, uptime, how, error }: EndedPlace): void {
    if (this.#stopping !== null) return
    this.#backoffs[index] ??= new Backoff()
    const wait = this.#backoffs[index].after(uptime)
    const message = `worker ${index} ended ${how}; another is started in ${wait} ms`
    this.#fail(new ShinyError('ERR_WORKER', message, { cause: error ?? undefined }))
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#replace(index)
    }, wait)
    if (!this.#referenced) timer.unref()
    this.#timers.add(timer)
  }

  /** What goes wrong ends the thread, and is told when it has ended. */
  async #replace(index: number): Promise<void> {
    const worker = this.#spawn(index)
    try {
      await worker.built()
      await this.#serve(worker)
    } catch {
      return
    }
    if (this.#stopping === null) unharmed(() => this.emit('listening', { index, threadId: worker.threadId }))
  }

  #acceptFailed(errno: string): void {
    this.#retired = addStats(this.#retired, { ...addStats(), refused: { [errno]: 1 } })
    this.#fail(acceptError(errno))
  }

  #fail(error: Error): void {
    if (this.listenerCount('error') > 0) unharmed(() => this.emit('error', error))
    else warnAbout(error, 'pool', 'in a pool of workers')
  }

  async #stop(timeout: number): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#giver?.close()
    await Promise.all(this.#workers.map((worker) => worker?.stop(timeout)))
    unharmed(() => this.emit('close'))
  }
}

/** Where a worker listens that listens where another does. A host that is a number may tell more than the address does. */
function exactly(options: ListenOptions, { family, host, port }: PlainAddress): ListenOptions {
  if (family === 'unix' || options.fd !== undefined) return options
  return { ...options, host: isIP(options.host ?? '') === 0 ? host : options.host, port }
}
