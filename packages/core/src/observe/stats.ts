/** How many connections ended for which reason; see {@link CloseReason}. */
export interface ClosedStats {
  readonly peer: number
  readonly local: number
  readonly error: number
  readonly timeout: number
}

/** How often each of some named things happened; what never happened is missing. */
export type Counts = Readonly<Record<string, number>>

/**
 * What a server has done since it was made, and how it is now: plain numbers, frozen, a moment's copy. Counts only grow;
 * `open`, `queued`, `largestQueue` and `uptime` are of the moment.
 */
export interface ServerStats {
  /** In milliseconds: since when the server has listened; 0 when it does not. */
  readonly uptime: number
  /** Connections that a handler was made for. */
  readonly connections: { readonly open: number; readonly accepted: number; readonly closed: ClosedStats }
  /**
   * Connections refused before a handler served them, by reason: one of {@link DropReason}, and the name of the system's error
   * (`EMFILE`) each time it refused to accept; those peers wait.
   */
  readonly refused: Counts
  /** Messages delivered to handlers, and messages given to `send`. */
  readonly messages: { readonly received: number; readonly sent: number }
  /** `read`: of the messages delivered; `written`: of the messages given to `send`. */
  readonly bytes: {
    readonly read: number
    readonly written: number
    /** Sent, and not yet taken by the system. */
    readonly queued: number
    /** The longest queue of one connection. */
    readonly largestQueue: number
  }
  /** Errors by the code of a ShinyError; those that are none, from the program's own handlers, under `handler`. */
  readonly errors: Counts
  /** Connections cut by a timeout, by its kind. */
  readonly timeouts: Counts
  /** Turns of the thread's reactor, which all servers of the thread share, since this server was made. */
  readonly turns: number
  /** Messages received for each turn: how well the work of a turn is spread over messages. */
  readonly messagesPerTurn: number
}

/** Adds up what several servers or threads did: everything is summed, but `uptime` and `largestQueue` are the largest. */
export function addStats(...all: readonly ServerStats[]): ServerStats {
  const sum = (pick: (stats: ServerStats) => number) => all.reduce((total, stats) => total + pick(stats), 0)
  const largest = (pick: (stats: ServerStats) => number) => Math.max(0, ...all.map(pick))
  const turns = sum(({ turns }) => turns)
  const received = sum(({ messages }) => messages.received)
  return freezeStats({
    uptime: largest(({ uptime }) => uptime),
    connections: {
      open: sum(({ connections }) => connections.open),
      accepted: sum(({ connections }) => connections.accepted),
      closed: {
        peer: sum(({ connections }) => connections.closed.peer),
        local: sum(({ connections }) => connections.closed.local),
        error: sum(({ connections }) => connections.closed.error),
        timeout: sum(({ connections }) => connections.closed.timeout)
      }
    },
    refused: addCounts(all.map(({ refused }) => refused)),
    messages: { received, sent: sum(({ messages }) => messages.sent) },
    bytes: {
      read: sum(({ bytes }) => bytes.read),
      written: sum(({ bytes }) => bytes.written),
      queued: sum(({ bytes }) => bytes.queued),
      largestQueue: largest(({ bytes }) => bytes.largestQueue)
    },
    errors: addCounts(all.map(({ errors }) => errors)),
    timeouts: addCounts(all.map(({ timeouts }) => timeouts)),
    turns,
    messagesPerTurn: turns === 0 ? 0 : received / turns
  })
}

/** What a server has done that is no more: nothing is open or queued. */
export function statsAtRest(stats: ServerStats): ServerStats {
  return freezeStats({
    ...stats,
    uptime: 0,
    connections: { ...stats.connections, open: 0 },
    bytes: { ...stats.bytes, queued: 0, largestQueue: 0 }
  })
}

/** Freezes statistics and what is in them. */
export function freezeStats(stats: ServerStats): ServerStats {
  for (const part of Object.values(stats)) Object.freeze(part)
  Object.freeze(stats.connections.closed)
  return Object.freeze(stats)
}

function addCounts(all: readonly Counts[]): Counts {
  const total: Record<string, number> = {}
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count
  }
  return total
}
