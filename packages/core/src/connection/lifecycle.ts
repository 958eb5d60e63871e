import { type DecodeError, ShinyError, type TimeoutKind } from '../errors/index.js'
import type { AnyConnection } from './channel-host.js'
import type { CloseReason } from './close-reason.js'
import { Deadlines } from './deadlines.js'
import { Ends } from './ends.js'
import { asError, decodeError, socketError, timeoutError } from './failures.js'
import { ON_BATCH_END, ON_DRAIN, ON_END, ON_ERROR, ON_TIMEOUT } from './hooks.js'
import * as S from './state.js'
import { isThenable } from './thenable.js'
import { changeTimeouts, type Timeouts, type TimeoutsMs } from './timeouts.js'
import { listenForWakes, stopListening } from './wake-inbox.js'
import { Waker } from './waker.js'

/**
 * The life of a connection from `opened` to `closed`: its state, its hooks and its errors. The {@link Ends} and the
 * {@link Sender} below it have the addresses and the output, the {@link Channel} above it adds the input.
 */
export abstract class Lifecycle extends Ends {
  #error: Error | null = null
  #abort: AbortController | null = null

  get isOpen(): boolean {
    return (this.state & S.MUTE) === 0
  }

  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController()
      if ((this.state & S.CLOSED) !== 0) this.#abort.abort()
    }
    return this.#abort.signal
  }

  // ---- what the user does

  close(): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    this.state |= S.CLOSING | S.LOCAL
    this.reactor.close(this.channel)
    if (this.queued > 0) this.watchOutput()
  }

  /** Ends this side alone; with the peer's side ended already nothing is left of the connection, and it closes. */
  halfClose(): void {
    if ((this.state & S.MUTE) !== 0) return
    if ((this.state & S.PEER_ENDED) !== 0) {
      this.close()
      return
    }
    this.state |= S.HALF_CLOSED
    this.reactor.halfClose(this.channel)
    if (this.queued > 0) this.watchOutput()
  }

  destroy(error: Error | null): void {
    if ((this.state & (S.DESTROYED | S.CLOSED)) !== 0) return
    this.state |= S.DESTROYED | S.LOCAL
    this.reactor.destroy(this.channel)
    if (error !== null) this.#report(error)
  }

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

  setTimeouts(changes: Timeouts): void {
    const { deadlines } = this
    const timeouts = changeTimeouts(deadlines?.timeouts ?? this.host.timeouts, changes)
    if ((this.state & (S.DESTROYED | S.CLOSED)) !== 0) return
    if (deadlines === null) this.#startDeadlines(timeouts)
    else deadlines.change(timeouts, changes)
  }

  wake(token: unknown): void {
    if ((this.state & S.UNSENDABLE) === 0) this.reactor.wake(this.channel, token)
  }

  waker(): Waker {
    if ((this.state & (S.UNSENDABLE | S.WAKEABLE)) === 0) {
      this.state |= S.WAKEABLE
      listenForWakes(this)
    }
    return new Waker(this)
  }

  /** A graceful stop: close when all that has arrived is answered. */
  stop(): void {
    if ((this.state & (S.UNSENDABLE | S.STOPPING)) !== 0) return
    this.state |= S.STOPPING
    this.reactor.drainInput(this.channel)
  }

  /**
   * Makes of `other`, a fresh channel, what a handler keeps that has been replaced: the facts as they are now, and the signal,
   * and for the rest a closed connection.
   */
  protected remains<L extends Lifecycle>(other: L): L {
    const copy: Lifecycle = other
    copy.state = S.OPENED | S.CLOSED | S.GONE
    copy.accepted = this.accepted
    copy.copyEnds(this)
    this.#abort ??= new AbortController()
    copy.#abort = this.#abort
    return other
  }

  /** Nobody serves the peer: there will be neither `opened` nor `closed`, and whoever kept the connection cannot use it. */
  abandon(): void {
    this.#settleDown()
    this.state |= S.GONE
  }

  // ---- what the reactor tells

  opened(): void {
    this.state |= S.OPENED
    if (this.deadlines !== null) this.deadlines.start()
    else if (this.host.hasTimeouts) this.#startDeadlines(this.host.timeouts)
    this.callOpen()
    this.host.opened(this.connection)
  }

  /** A read has been delivered as far as it can be. */
  batchEnded(): void {
    if ((this.hooks & ON_BATCH_END) === 0 || (this.state & (S.DESTROYED | S.CLOSED | S.SWITCHED)) !== 0) return
    this.#call('onBatchEnd')
  }

  /** The output queue fell to the low-water mark after it was above the high one. */
  drained(): void {
    // Another handler of the same turn may have sent more before this was told; then it will be told again.
    if (this.queued > this.limits.highWaterMark) return
    this.state &= ~S.BLOCKED
    this.deadlines?.released()
    if ((this.hooks & ON_DRAIN) === 0 || (this.state & S.MUTE) !== 0) return
    this.#call('onDrain')
  }

  woken(token: unknown): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    try {
      this.connection.onWake(token)
    } catch (error) {
      this.handlerFailed(error)
    }
  }

  /** All that had arrived is delivered; see {@link Reactor.drainInput}. */
  idle(): void {
    if ((this.state & S.STOPPING) !== 0 && (this.state & S.WAITING) === 0) this.close()
  }

  /** The socket is gone; `errno` names the error that ended it, or is null. */
  closed(errno: string | null): void {
    if ((this.state & S.CLOSED) !== 0) return
    if ((this.state & S.OPENED) === 0) {
      this.abandon()
      this.host.unopened(this.connection, errno)
      return
    }
    if (errno !== null) this.#report(socketError(errno))
    this.#settleDown()
    const reason = this.#reason()
    try {
      this.connection.onClose(reason)
    } catch (error) {
      this.host.failed(this.connection, asError(error), false)
    }
    this.host.closed(this.connection, reason)
    this.state |= S.GONE
  }

  /** A timeout has passed: `timeout` milliseconds. */
  timedOut(kind: TimeoutKind, timeout: number): void {
    const closing = (this.state & S.CLOSING) !== 0
    if (!closing && this.#goesOnAfter(kind)) return
    if ((this.state & (S.DESTROYED | S.CLOSED)) !== 0) return
    if (this.#error === null) {
      this.#error = timeoutError(kind, timeout)
      this.state |= S.TIMED_OUT
    }
    if (closing || kind === 'write') this.destroy(null)
    else this.close()
  }

  /** Cuts the connection because the deadline of a stop passed. */
  cut(): void {
    this.destroy(new ShinyError('ERR_STOP_TIMEOUT'))
  }

  // ---- for the input

  /** Reports what a decoder threw; true when decoding goes on behind the frame. */
  protected mayContinue(thrown: unknown, progressed: boolean, offset: number): boolean {
    const error = decodeError(thrown, offset)
    if (!error.recoverable || !progressed) {
      this.decodeFailed(error, offset)
      return false
    }
    const before = this.accepted
    const handled = (this.hooks & ON_ERROR) !== 0
    try {
      if (handled && this.connection.onError(error) === 'continue') return true
    } catch (second) {
      this.host.failed(this.connection, asError(second), false)
    }
    this.#fail(error, handled)
    this.#refuse(error, before)
    return false
  }

  protected decodeFailed(thrown: unknown, offset: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    const error = decodeError(thrown, offset)
    const before = this.accepted
    this.#report(error)
    this.#refuse(error, before)
  }

  /** Closes because of bytes that make no sense; `before` tells whether the handler has answered them by itself. */
  #refuse(error: DecodeError, before: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    if (this.accepted === before) this.sendRefusal(error)
    this.close()
  }

  protected handlerFailed(thrown: unknown): void {
    if ((this.state & S.CLOSED) !== 0) {
      this.host.failed(this.connection, asError(thrown), false)
      return
    }
    this.#report(asError(thrown))
    this.close()
  }

  /** All that the peer has sent is delivered. The connection closes, unless this side may go on and has not ended. */
  protected finishInput(): void {
    this.state |= S.PEER_ENDED
    if ((this.hooks & ON_END) !== 0) this.#call('onEnd')
    if ((this.state & S.UNSENDABLE) !== 0 || (this.host.allowHalfOpen && (this.state & S.HALF_CLOSED) === 0)) return
    this.close()
    this.state &= ~S.LOCAL
  }

  /** The handler's first hook. */
  protected callOpen(): void {
    const { connection } = this
    try {
      this.settle(connection.onOpen(), connection)
    } catch (error) {
      this.handlerFailed(error)
    }
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

  // ---- inside

  /** From here on it is closed for everybody, and nobody is to come back to it. */
  #settleDown(): void {
    this.state |= S.CLOSED
    this.deadlines?.stop()
    if ((this.state & S.WAKEABLE) !== 0) stopListening(this)
    this.#abort?.abort()
  }

  /** Takes messages again, if nothing else holds them back. */
  #flow(): void {
    if ((this.state & (S.HOLDING | S.UNSENDABLE)) !== 0) return
    this.deadlines?.released()
    this.reactor.release(this.channel)
  }

  #startDeadlines(timeouts: TimeoutsMs): void {
    this.deadlines = new Deadlines(this.channel, timeouts)
    if ((this.state & S.OPENED) !== 0) this.deadlines.start()
  }

  #goesOnAfter(kind: TimeoutKind): boolean {
    try {
      return (this.hooks & ON_TIMEOUT) !== 0 && this.connection.onTimeout(kind) === 'continue'
    } catch (error) {
      this.handlerFailed(error)
      return true
    }
  }

  #call(hook: 'onBatchEnd' | 'onDrain' | 'onEnd'): void {
    try {
      this.connection[hook]()
    } catch (error) {
      this.handlerFailed(error)
    }
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

  #report(error: Error): void {
    const handled = (this.hooks & ON_ERROR) !== 0
    if ((this.state & S.FAILED) === 0 && handled) {
      this.state |= S.FAILED
      try {
        this.connection.onError(error)
      } catch (second) {
        this.host.failed(this.connection, asError(second), false)
      }
    }
    this.#fail(error, handled)
  }

  #fail(error: Error, handled: boolean): void {
    this.state |= S.FAILED
    this.#error ??= error
    this.host.failed(this.connection, error, handled)
  }

  #reason(): CloseReason {
    if (this.#error !== null) return { by: (this.state & S.TIMED_OUT) !== 0 ? 'timeout' : 'error', error: this.#error }
    return { by: (this.state & S.LOCAL) !== 0 ? 'local' : 'peer', error: null }
  }
}
