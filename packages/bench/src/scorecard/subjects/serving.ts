/** What a server counts of itself. */
export class Tally {
  opened = 0
  closed = 0
  afterClose = 0
  errors = 0
  delivered = 0
}

/** Where to listen: a port of the loopback address, 0: any, or a path. */
export type Place = { readonly port: number } | { readonly path: string }

/** A server of either kind. */
export interface Serving {
  readonly tally: Tally
  /** Connections that are open. */
  readonly live: number
  /** Resolves to the port, 0 for a path. */
  listen(place: Place): Promise<number>
  /** Answers what has arrived, closes all, and cuts what is left after `timeout` milliseconds. */
  stop(timeout: number): Promise<void>
}

/** What may be asked of a server of either kind. */
export interface Wishes {
  /** `echo` returns all bytes as they come; `script` does what each line says, see `script.ts`. */
  readonly serve: 'echo' | 'script'
  /** `hold`: no request is handled while replies wait above the high-water mark. */
  readonly backpressure: 'hold' | 'manual'
  /** In bytes: a connection with more output waiting is cut. */
  readonly maxQueued: number
  /** In milliseconds, 0: none. How long nothing may arrive or leave, and how long a message may take to arrive. */
  readonly idle: number
  readonly read: number
}
