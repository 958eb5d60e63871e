import { Server, type StopOptions } from '@shiny/core'
import { Client, type Route, serving } from './relay.js'

/** Connects each client to the upstream, and passes on whatever either says. */
export class TcpProxy extends Server<Uint8Array, Uint8Array, Route> {
  readonly #drain: number

  constructor(route: Route) {
    super({ ...serving, connection: Client, app: route })
    this.#drain = route.drain
  }

  /** Takes no more clients, and lets those that there are come to their ends: only they know when everything is answered. */
  override stop(options: StopOptions = {}): Promise<void> {
    return super.stop({ connections: 'wait', timeout: this.#drain, ...options })
  }
}
