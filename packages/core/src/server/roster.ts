import type { AnyConnection } from '../connection/channel-host.js'
import { channelOf } from '../connection/connection.js'

/** The connections of a server that are open, and how they are brought to an end together. */
export class Roster<C extends AnyConnection> {
  readonly connections = new Set<C>()
  #emptied: (() => void) | null = null

  add(connection: AnyConnection): void {
    this.connections.add(connection as C)
  }

  remove(connection: AnyConnection): void {
    this.connections.delete(connection as C)
    if (this.connections.size === 0) this.#emptied?.()
  }

  /** `next` has taken the place of `former`. */
  replace(former: AnyConnection, next: AnyConnection): void {
    this.connections.add(next as C)
    this.connections.delete(former as C)
  }

  destroyAll(): void {
    for (const connection of this.connections) channelOf(connection).destroy(null)
  }

  /** Waits until all have closed, having told each to do so where `closes`; cuts those that are not done after `timeout` milliseconds. */
  async drain(timeout: number, closes: boolean): Promise<void> {
    if (this.connections.size === 0) return
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
    if (closes) for (const connection of this.connections) channelOf(connection).stop()
    const deadline = setTimeout(() => {
      for (const connection of this.connections) channelOf(connection).cut()
    }, timeout)
    await emptied
    clearTimeout(deadline)
    this.#emptied = null
  }
}
