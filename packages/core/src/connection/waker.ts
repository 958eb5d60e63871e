import { BroadcastChannel } from 'node:worker_threads'
import { threadOf } from './id.js'

/** How many wakes are posted together at most; a message costs about as much as copying so many numbers. */
const BATCH = 256

/** What is posted to a thread: the ids of connections, and the token for each. */
export type Wakes = [ids: number[], tokens: unknown[]]

/** The name of the channel on which a thread hears of wakes. */
export function wakeChannel(thread: number): string {
  return `shiny:wake:${thread}`
}

/**
 * Wakes a connection from any thread of the process. Post it to a worker like any object; as a class does not survive that, the
 * worker makes a Waker of what has arrived.
 *
 * It keeps neither the connection nor a thread alive, and is worth nothing in another process.
 *
 * @example
 * ```ts
 * import { Waker } from '@shiny/core'
 * import { parentPort } from 'node:worker_threads'
 *
 * parentPort?.on('message', (posted: Waker) => new Waker(posted).wake('done'))
 * ```
 */
export class Waker {
  /** The connection's id. */
  readonly id: number

  /** Makes a waker of another one, or of what has arrived of it in another thread. */
  constructor(posted: { readonly id: number }) {
    this.id = posted.id
  }

  /**
   * Calls the connection's `onWake` with a structured clone of `token`, in its own thread and in the order of the calls of this
   * thread. Nothing happens when the connection is closing or closed; this side cannot know.
   *
   * @throws DataCloneError when the token cannot be cloned.
   */
  wake(token?: unknown): void {
    const kind = typeof token
    // Cloned here, so that a token that cannot be does not take others with it, and what the caller changes later is not seen.
    const copy = kind === 'object' || kind === 'function' || kind === 'symbol' ? structuredClone(token) : token
    outboxOf(threadOf(this.id)).push(this.id, copy)
  }
}

const outboxes = new Map<number, Outbox>()

function outboxOf(thread: number): Outbox {
  let outbox = outboxes.get(thread)
  if (outbox === undefined) {
    outbox = new Outbox(thread)
    outboxes.set(thread, outbox)
  }
  return outbox
}

/** Wakes on their way from this thread to another, or to itself. */
class Outbox {
  readonly #channel: BroadcastChannel
  #ids: number[] = []
  #tokens: unknown[] = []

  constructor(thread: number) {
    this.#channel = new BroadcastChannel(wakeChannel(thread))
    // Node's own type lacks it.
    ;(this.#channel as BroadcastChannel & { unref(): void }).unref()
  }

  push(id: number, token: unknown): void {
    this.#ids.push(id)
    this.#tokens.push(token)
    if (this.#ids.length === 1) queueMicrotask(() => this.#post())
    else if (this.#ids.length === BATCH) this.#post()
  }

  #post(): void {
    if (this.#ids.length === 0) return
    const wakes: Wakes = [this.#ids, this.#tokens]
    this.#ids = []
    this.#tokens = []
    this.#channel.postMessage(wakes)
  }
}
