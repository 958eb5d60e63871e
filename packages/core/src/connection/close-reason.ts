/** Why a connection closed, as `onClose` is told. */
export interface CloseReason {
  /**
   * Who made the last move. `peer`: the peer ended the stream and all was answered; `local`: this side called `end`, `close` or
   * `destroy`, or `halfClose` after the peer's end, or the server stopped; `timeout`: a timeout passed, and `error` is `ERR_TIMEOUT` with its `kind`; `error`: `error` says what went
   * wrong.
   */
  readonly by: 'peer' | 'local' | 'timeout' | 'error'
  /** What went wrong, or which timeout passed; otherwise null. */
  readonly error: Error | null
}
