import { DecodeError, ShinyError, type TimeoutKind } from '../errors/index.js'

/** What a handler threw, as an Error. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  return new ShinyError('ERR_HANDLER', `a handler threw ${String(thrown)}`, { origin: 'handler', cause: thrown })
}

/** What a decoder threw, as the refusal of the frame that begins at `offset`. */
export function decodeError(thrown: unknown, offset: number): DecodeError {
  const code = thrown instanceof ShinyError ? thrown.code : 'ERR_MALFORMED'
  const error =
    thrown instanceof DecodeError ? thrown : new DecodeError(code, asError(thrown).message, { cause: thrown })
  error.offset = offset
  return error
}

/** What an encoder threw, as the error that `send` throws. */
export function encodeError(thrown: unknown): Error {
  if (thrown instanceof ShinyError) return thrown
  const error = asError(thrown)
  return new ShinyError('ERR_MESSAGE_TYPE', error.message, { origin: 'encode', cause: thrown })
}

const TOO_LONG: Record<TimeoutKind, string> = {
  idle: 'nothing was read or written for',
  read: 'a message was not complete after',
  write: 'the peer took none of the queued output for',
  handshake: 'no message came within',
  lifetime: 'the connection has been open for'
}

/** The error of a connection that took too long, by `timeout` milliseconds and more. */
export function timeoutError(kind: TimeoutKind, timeout: number): ShinyError {
  return new ShinyError('ERR_TIMEOUT', `${kind} timeout: ${TOO_LONG[kind]} ${timeout} ms`, { origin: 'socket', kind })
}

/** The error that the operating system names `errno`. */
export function socketError(errno: string): ShinyError {
  if (errno === 'ECONNRESET' || errno === 'EPIPE') {
    return new ShinyError('ERR_CONNECTION_RESET', 'the peer reset the connection', { origin: 'socket', errno })
  }
  if (errno === 'ETIMEDOUT') {
    return new ShinyError('ERR_TIMED_OUT', 'the network gave up on the peer', { origin: 'socket', errno })
  }
  return new ShinyError('ERR_SOCKET', `the socket failed: ${errno}`, { origin: 'socket', errno })
}
