import type { ProxyFacts } from '../codec/index.js'
import { Connection } from '../connection/connection.js'
import { ShinyError } from '../errors/index.js'

/** A connection whose PROXY header has not come yet: nobody serves it, and nobody is told of it. */
export class Gate extends Connection<ProxyFacts, never> {
  readonly #passed: (gate: Gate, facts: ProxyFacts) => void
  /** What was wrong with the header. */
  failure: Error | null = null

  constructor(passed: (gate: Gate, facts: ProxyFacts) => void) {
    super()
    this.#passed = passed
  }

  override onMessage(facts: ProxyFacts): void {
    this.#passed(this, facts)
  }

  override onTimeout(): void {
    this.onError(new ShinyError('ERR_PROXY_HEADER', 'no PROXY header came in time'))
  }

  override onError(error: Error): void {
    this.failure = error
    // At once: to end politely is for peers that speak the protocol.
    this.destroy()
  }
}
