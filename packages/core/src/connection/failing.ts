import type { DecodeError, TimeoutKind } from '../errors/index.js'
import type { CloseReason } from './close-reason.js'
import { Ends } from './ends.js'
import { asError, decodeError, timeoutError } from './failures.js'
import { ON_ERROR, ON_TIMEOUT } from './hooks.js'
import * as S from './state.js'

/** What goes wrong with a connection: who is told, whether it goes on, and why it has closed. */
export abstract class Failing extends Ends {
  #error: Error | null = null

  abstract close(): void

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

  /** Closes because of what a decoder threw. */
  protected decodeFailed(thrown: unknown, offset: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    const error = decodeError(thrown, offset)
    const before = this.accepted
    this.report(error)
    this.#refuse(error, before)
  }

  /** Closes because of bytes that make no sense; `before` tells whether the handler has answered them by itself. */
  #refuse(error: DecodeError, before: number): void {
    if ((this.state & S.UNSENDABLE) !== 0) return
    if (this.accepted === before) this.sendRefusal(error)
    this.close()
  }

  /** Closes because of what the handler threw. */
  protected handlerFailed(thrown: unknown): void {
    if ((this.state & S.CLOSED) !== 0) {
      this.host.failed(this.connection, asError(thrown), false)
      return
    }
    this.report(asError(thrown))
    this.close()
  }

  #goesOnAfter(kind: TimeoutKind): boolean {
    try {
      return (this.hooks & ON_TIMEOUT) !== 0 && this.connection.onTimeout(kind) === 'continue'
    } catch (error) {
      this.handlerFailed(error)
      return true
    }
  }

  /** Tells the handler of an error, the first only, and the server of each. */
  protected report(error: Error): void {
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

  /** Why it has closed. */
  protected get reason(): CloseReason {
    if (this.#error !== null) return { by: (this.state & S.TIMED_OUT) !== 0 ? 'timeout' : 'error', error: this.#error }
    return { by: (this.state & S.LOCAL) !== 0 ? 'local' : 'peer', error: null }
  }
}
