import type { Reactor } from '../reactor/contract.js'

/** Whether a server keeps the process alive: while it is at work, unless it was told not to. */
export class ProcessHold {
  readonly #reactor: Reactor
  #allowed = true
  #working = false
  #held = false

  constructor(reactor: Reactor) {
    this.#reactor = reactor
  }

  allow(allowed: boolean): void {
    this.#allowed = allowed
    this.#update()
  }

  work(working: boolean): void {
    this.#working = working
    this.#update()
  }

  #update(): void {
    const wanted = this.#allowed && this.#working
    if (wanted === this.#held) return
    this.#held = wanted
    if (wanted) this.#reactor.ref()
    else this.#reactor.unref()
  }
}
