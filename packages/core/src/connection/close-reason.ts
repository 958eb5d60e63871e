/** Why a connection closed, as `onClose` is told. */
export interface CloseReason {
  /**
   * `peer`: the peer ended the stream and all was answered; `local`: this side called `end`, `close` or `destroy`, or
   * the server stopped; `error`: `error` says what went wrong.
   */
  readonly by: 'peer' | 'local' | 'error'
  /** What went wrong, otherwise null. */
  readonly error: Error | null
}
