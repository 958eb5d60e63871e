import { DecodeError } from '../../errors/index.js'
import type { ByteReader } from '../byte-reader.js'

/** How many bytes a call that began at `entered` has passed over before the frame of the message that it made. */
export function passedBefore(src: ByteReader, entered: number): number {
  return Math.max(0, src.frame - entered)
}

/** The same error, `count` bytes further on in the call that throws it. */
export function behind<T>(error: T, count: number): T | DecodeError {
  if (count === 0 || !(error instanceof DecodeError) || !error.recoverable) return error
  const { code, message, cause } = error
  return new DecodeError(code, message, { recoverable: true, passed: error.passed + count, cause })
}
