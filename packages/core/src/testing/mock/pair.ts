import type { Codec } from '../../codec/index.js'
import type { Handler } from '../../connection/handler.js'
import type { CommonServerOptions } from '../../server/options.js'
import { MemoryReactor } from '../memory/memory-reactor.js'
import { Random } from '../verify/random.js'
import type { MockClock } from './mock-connection.js'
import type { ConnectionEvent } from './recorder.js'
import { Side } from './side.js'

/** One side of a pair: its codec and class, and the options of a server that concern its connections. */
export type PairSide<In, Out, H> = {
  readonly codec: Codec<In, Out>
  readonly connection: H
  readonly app?: unknown
} & CommonServerOptions

/** How bytes travel between the two. */
export interface PairOptions {
  /** Seeds what is random, 0 to 2³² − 1; default 1. The same seed gives the same run. */
  readonly seed?: number
  /** In bytes, at least 1: everything travels in pieces of 1 to so many. Default: as it is sent. */
  readonly segment?: number
  /** In bytes, at least 1: how much may be under way, so that larger writes are taken in parts. Default: any amount. */
  readonly partialWrites?: number
}

/** Two connections in memory that talk to each other. */
export interface Pair<S, C> {
  readonly server: S
  readonly client: C
  /** What each was told, in order. */
  readonly serverEvents: readonly ConnectionEvent[]
  readonly clientEvents: readonly ConnectionEvent[]
  readonly clock: MockClock
  /** Runs until nothing is left to do. */
  run(): void
  /** Runs, and waits for the promises of handlers that depend on nothing outside. */
  settled(): Promise<void>
}

/**
 * Connects a server's class and a client's in memory, without a port: what happens depends on nothing but the seed.
 *
 * @throws ShinyError `ERR_OPTION` for a bad option, and whatever a constructor throws.
 */
export function pair<
  SI,
  SO,
  SH extends Handler<NoInfer<SI>, NoInfer<SO>, unknown>,
  CI,
  CO,
  CH extends Handler<NoInfer<CI>, NoInfer<CO>, unknown>
>(
  server: PairSide<SI, SO, SH>,
  client: PairSide<CI, CO, CH>,
  options: PairOptions = {}
): Pair<InstanceType<SH>, InstanceType<CH>> {
  const random = new Random(options.seed ?? 1)
  const { segment, partialWrites = Number.POSITIVE_INFINITY } = options
  const reactor = new MemoryReactor(
    (length) => (segment === undefined ? length : 1 + random.below(Math.min(length, segment))),
    partialWrites
  )
  const near = new Side(reactor, client)
  const far = new Side(reactor, server)
  const { address } = reactor.open(far.acceptor)
  reactor.connect({ path: undefined, host: address.host, port: address.port }, near.host, (slot) => near.make(slot))
  const run = () => reactor.loop.run()
  run()
  if (far.failure !== null) throw far.failure
  return {
    get server() {
      return far.connection as unknown as InstanceType<SH>
    },
    get client() {
      return near.connection as unknown as InstanceType<CH>
    },
    serverEvents: far.events,
    clientEvents: near.events,
    clock: { now: () => reactor.now(), tick: (duration) => reactor.loop.tick(duration) },
    run,
    settled: async () => {
      for (let turns = 0; turns < 3; turns++) {
        run()
        await new Promise((resolve) => setImmediate(resolve))
      }
      run()
    }
  }
}
