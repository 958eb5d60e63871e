/** How many connections each peer has. It holds those that have any, so it is as bounded as the connections are. */
export class PeerCounts {
  readonly #counts = new Map<string, number>()

  get size(): number {
    return this.#counts.size
  }

  of(peer: string): number {
    return this.#counts.get(peer) ?? 0
  }

  add(peer: string): void {
    this.#counts.set(peer, this.of(peer) + 1)
  }

  remove(peer: string): void {
    const count = this.of(peer)
    if (count > 1) this.#counts.set(peer, count - 1)
    else this.#counts.delete(peer)
  }
}
