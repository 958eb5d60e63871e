import type { AnyConnection } from './channel-host.js'
import { Failing } from './failing.js'
import * as S from './state.js'
import { isThenable } from './thenable.js'

/** What holds messages back, and when they flow again: `pause`, promises, and the end of a stop that waits for them. */
export abstract class Flow extends Failing {
  pause(): void {
    this.hold(S.PAUSED)
  }

  resume(): void {
    this.release(S.PAUSED)
  }

  hold(reason: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    const before = this.state & S.HOLDING
    this.state |= reason
    if (before === 0) this.reactor.hold(this.channel)
  }

  /** A graceful stop: close when all that has arrived is answered. */
  stop(): void {
    if ((this.state & (S.UNSENDABLE | S.STOPPING)) !== 0) return
    this.state |= S.STOPPING
    this.reactor.drainInput(this.channel)
  }

  /** All that had arrived is delivered; see {@link Reactor.drainInput}. */
  idle(): void {
    if ((this.state & S.STOPPING) !== 0 && (this.state & S.WAITING) === 0) this.close()
  }

  protected release(reason: number): void {
    if ((this.state & reason) === 0) return
    this.state &= ~reason
    this.#flow()
  }

  /** Waits for a promise of `handler` before the next message is delivered. Once it is replaced, nobody waits for it. */
  protected settle(result: unknown, handler: AnyConnection): void {
    if (!isThenable(result)) return
    if (this.connection === handler) this.hold(S.WAITING)
    result.then(
      () => this.#proceed(handler),
      (error: unknown) => {
        this.#proceed(handler)
        this.handlerFailed(error)
      }
    )
  }

  /** A handler that is replaced holds nothing back any more; `held` is what it did. */
  protected letGo(held: number): void {
    if (held === 0) return
    this.#flow()
    this.#goOnStopping()
  }

  /** Takes messages again, if nothing else holds them back. */
  #flow(): void {
    if ((this.state & (S.HOLDING | S.UNSENDABLE)) !== 0) return
    this.deadlines?.released()
    this.reactor.release(this.channel)
  }

  #proceed(handler: AnyConnection): void {
    if (this.connection !== handler) return
    this.release(S.WAITING)
    this.#goOnStopping()
  }

  /** A stop that found the handler busy looks again whether everything is answered. */
  #goOnStopping(): void {
    if ((this.state & (S.STOPPING | S.UNSENDABLE)) === S.STOPPING) this.reactor.drainInput(this.channel)
  }
}
