import type { AnyConnection } from '../connection/channel-host.js'
import type { CloseReason } from '../connection/close-reason.js'
import { channelOf } from '../connection/connection.js'
import { ShinyError, type TimeoutKind } from '../errors/index.js'
import { type Counts, freezeStats, type ServerStats } from './stats.js'

/** What a tally reads when it is asked, because others count it already. */
export interface TallySources {
  readonly connections: Iterable<AnyConnection>
  /** Messages, counted where they pass. */
  readonly host: { readonly delivered: number; readonly sent: number }
  readonly counters: { readonly turns: number }
}

/**
 * Counts what happens to a server's connections as they come, end and fail. What happens for each message is counted where
 * it happens, and is only read here.
 */
export class Tally {
  readonly #sources: TallySources
  readonly #turnsBefore: number
  readonly #refused = new Map<string, number>()
  readonly #errors = new Map<string, number>()
  readonly #timeouts = new Map<string, number>()
  readonly #closed = { peer: 0, local: 0, error: 0, timeout: 0 }
  #listeningSince: number | null = null
  #accepted = 0
  /** Of the connections that have closed. */
  #read = 0
  #written = 0

  constructor(sources: TallySources) {
    this.#sources = sources
    this.#turnsBefore = sources.counters.turns
  }

  started(): void {
    this.#listeningSince = performance.now()
  }

  stopped(): void {
    this.#listeningSince = null
  }

  opened(): void {
    this.#accepted++
  }

  refused(reason: string): void {
    count(this.#refused, reason)
  }

  failed(error: Error): void {
    count(this.#errors, error instanceof ShinyError ? error.code : 'handler')
  }

  /** A connection is gone. From now on it is not among those that are open. */
  closed(connection: AnyConnection, reason: CloseReason): void {
    this.#closed[reason.by]++
    if (reason.by === 'timeout') count(this.#timeouts, (reason.error as ShinyError).kind as TimeoutKind)
    this.#read += connection.bytesRead
    this.#written += connection.bytesWritten
  }

  /** Adds what the open connections have done so far, which takes time in proportion to their number. */
  stats(): ServerStats {
    const { connections, host, counters } = this.#sources
    const connectionStats = { open: 0, accepted: this.#accepted, closed: { ...this.#closed } }
    const bytes = { read: this.#read, written: this.#written, queued: 0, largestQueue: 0 }
    for (const connection of connections) {
      const { received, accepted, queued } = channelOf(connection)
      connectionStats.open++
      bytes.read += received
      bytes.written += accepted
      bytes.queued += queued
      bytes.largestQueue = Math.max(bytes.largestQueue, queued)
    }
    const turns = counters.turns - this.#turnsBefore
    return freezeStats({
      uptime: this.#listeningSince === null ? 0 : performance.now() - this.#listeningSince,
      connections: connectionStats,
      refused: asCounts(this.#refused),
      messages: { received: host.delivered, sent: host.sent },
      bytes,
      errors: asCounts(this.#errors),
      timeouts: asCounts(this.#timeouts),
      turns,
      messagesPerTurn: turns === 0 ? 0 : host.delivered / turns
    })
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function asCounts(counts: Map<string, number>): Counts {
  return Object.fromEntries(counts)
}
