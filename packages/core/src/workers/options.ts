import { availableParallelism } from 'node:os'
import * as z from 'zod/mini'
import type { ListenOptions } from '../address/address.js'
import { optionError } from '../errors/index.js'
import { checkListenOptions } from '../server/listen-options.js'
import { check } from '../server/options.js'

/** How the connections of a port are spread over the workers. */
export type Balance = 'kernel' | 'handover'

/** What a pool of workers needs to know. */
export interface WorkersOptions {
  /** Where to listen, as {@link Server.listen} takes it. All workers share one port, also when the system chooses it (port 0). */
  readonly listen: ListenOptions | string | readonly (ListenOptions | string)[]
  /** How many threads serve, 1 to 1,024. Default: as many as the system says it can run at once. */
  readonly count?: number | undefined
  /**
   * `kernel`: each worker has a socket of its own on the port, and the kernel chooses one for each peer (Linux, TCP).
   * `handover`: the main thread accepts, and gives the connections to the workers in turn (wherever the native reactor runs; TCP
   * and Unix). Default: `kernel` where it can be.
   */
  readonly balance?: Balance | undefined
}

/** The options after checking, with every default filled in. */
export interface CheckedWorkersOptions {
  readonly listen: readonly ListenOptions[]
  readonly count: number
  readonly balance: Balance
}

let schema: ReturnType<typeof build> | undefined

function build() {
  return z.strictObject({
    listen: z.unknown(),
    count: z.optional(z.int().check(z.gte(1), z.lte(1024))),
    balance: z.optional(z.enum(['kernel', 'handover']))
  })
}

/** Checks the options of a pool and fills in the defaults. */
export function checkWorkersOptions(options: unknown): CheckedWorkersOptions {
  schema ??= build()
  const given = check(schema, options, 'options')
  if (given.listen === undefined) throw optionError('listen', 'expected where to listen')
  const listen = (Array.isArray(given.listen) ? given.listen : [given.listen]).map(checkListenOptions)
  if (listen.length === 0) throw optionError('listen', 'expected at least one address')
  return { listen, count: given.count ?? availableParallelism(), balance: chooseBalance(given.balance, listen) }
}

function chooseBalance(wanted: Balance | undefined, listen: readonly ListenOptions[]): Balance {
  const possible = process.platform === 'linux' && listen.every(({ port }) => port !== undefined)
  if (wanted === 'kernel' && !possible) {
    throw optionError('balance', 'expected "handover": the kernel balances TCP ports alone, and on Linux alone')
  }
  return wanted ?? (possible ? 'kernel' : 'handover')
}
