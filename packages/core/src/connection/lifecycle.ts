import { ShinyError } from '../errors/index.js'
import { Deadlines } from './deadlines.js'
import { asError, socketError } from './failures.js'
import { Flow } from './flow.js'
import { ON_BATCH_END, ON_DRAIN, ON_END } from './hooks.js'
import * as S from './state.js'
import { changeTimeouts, type Timeouts, type TimeoutsMs } from './timeouts.js'
import { listenForWakes, stopListening } from './wake-inbox.js'
import { Waker } from './waker.js'

/**
 * The life of a connection from `opened` to `closed`: its state and its hooks. Below it are the {@link Sender} with the output, the
 * {@link Ends} with the addresses, what is {@link Failing}, and the {@link Flow} of messages; the {@link Channel} above it adds the input.
 */
export abstract class Lifecycle extends Flow {
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

  destroy(error: Error | null, reset = false): void {
    if ((this.state & (S.DESTROYED | S.CLOSED)) !== 0) return
    this.state |= S.DESTROYED | S.LOCAL
    this.reactor.destroy(this.channel, reset)
    if (error !== null) this.report(error)
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

  /** The socket is gone; `errno` names the error that ended it, or is null. */
  closed(errno: string | null): void {
    if ((this.state & S.CLOSED) !== 0) return
    if ((this.state & S.OPENED) === 0) {
      this.abandon()
      this.host.unopened(this.connection, errno)
      return
    }
    if (errno !== null) this.report(socketError(errno))
    this.#settleDown()
    const reason = this.reason
    try {
      this.connection.onClose(reason)
    } catch (error) {
      this.host.failed(this.connection, asError(error), false)
    }
    this.host.closed(this.connection, reason)
    this.state |= S.GONE
  }

  /** Cuts the connection because the deadline of a stop passed. */
  cut(): void {
    this.destroy(new ShinyError('ERR_STOP_TIMEOUT'))
  }

  // ---- for the input

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

  // ---- inside

  /** From here on it is closed for everybody, and nobody is to come back to it. */
  #settleDown(): void {
    this.state |= S.CLOSED
    this.deadlines?.stop()
    if ((this.state & S.WAKEABLE) !== 0) stopListening(this)
    this.#abort?.abort()
  }

  #startDeadlines(timeouts: TimeoutsMs): void {
    this.deadlines = new Deadlines(this.channel, timeouts)
    if ((this.state & S.OPENED) !== 0) this.deadlines.start()
  }

  #call(hook: 'onBatchEnd' | 'onDrain' | 'onEnd'): void {
    try {
      this.connection[hook]()
    } catch (error) {
      this.handlerFailed(error)
    }
  }
}
