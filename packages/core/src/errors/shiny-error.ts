import { type ErrorCode, errorTable } from './table.js'

/** Where an error of a connection came from. */
export type ErrorOrigin = 'decode' | 'encode' | 'handler' | 'socket' | 'server'

/** What a connection took too long for: see `Timeouts`. */
export type TimeoutKind = 'idle' | 'read' | 'write' | 'handshake' | 'lifetime'

/** Facts that an error may carry besides its code and message. */
export interface ErrorDetails {
  /** What was being done: decoding, encoding, running a handler, the socket, the server. */
  readonly origin?: ErrorOrigin
  /** The error that led to this one. */
  readonly cause?: unknown
  /** The operating system's name of the error, for example `ECONNRESET`. */
  readonly errno?: string
  /** The path of the option that is wrong, for example `highWaterMark`. */
  readonly path?: string
  /** The address that the error is about. */
  readonly address?: string
  /** Which timeout has passed. */
  readonly kind?: TimeoutKind
}

/**
 * The error class of shiny. `code` is one of the table's codes and is what a program should test;
 * the message is for people and may change.
 */
export class ShinyError extends Error {
  /** One of the codes in the table of errors. */
  readonly code: ErrorCode
  /** What was being done when the error arose. */
  readonly origin: ErrorOrigin
  /** The operating system's name of the error, where it comes from there. */
  readonly errno: string | undefined
  /** The path of the option that is wrong, where an option is. */
  readonly path: string | undefined
  /** The address that the error is about, where there is one. */
  readonly address: string | undefined
  /** Which timeout has passed, for `ERR_TIMEOUT`. */
  readonly kind: TimeoutKind | undefined

  constructor(code: ErrorCode, message: string = errorTable[code], details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.origin = details.origin ?? 'server'
    this.errno = details.errno
    this.path = details.path
    this.address = details.address
    this.kind = details.kind
  }

  override get name(): string {
    return 'ShinyError'
  }
}

/**
 * A decoder's refusal of the bytes it was given. When `recoverable` is true the frame's boundary is known and
 * only its content was refused, so that decoding may go on behind it; otherwise the place in the stream is lost.
 */
export class DecodeError extends ShinyError {
  /** Where in the stream the refused frame begins: bytes since the connection opened. Set by the framework. */
  offset: number
  /** Whether the frame's boundary is known, so that decoding may go on behind it. */
  readonly recoverable: boolean
  /**
   * How many bytes the decoder has passed over, in the call that threw, before the frame that it refused; default 0. For a recoverable
   * error alone: the framework finds the place of any other by where the decoder stands.
   */
  readonly passed: number

  constructor(
    code: ErrorCode,
    message?: string,
    details: { recoverable?: boolean; passed?: number; cause?: unknown } = {}
  ) {
    super(code, message, { origin: 'decode', cause: details.cause })
    this.offset = 0
    this.recoverable = details.recoverable ?? false
    this.passed = details.passed ?? 0
  }

  override get name(): string {
    return 'DecodeError'
  }
}
