import { DecodeError, ShinyError } from '@shiny/core/codec'

/** What is to become of a frame that is too long: `close` ends the connection, `skip` costs that frame alone. */
export type Oversize = 'close' | 'skip'

/** The error for content longer than `maxLength` bytes. */
export function tooLong(maxLength: number, recoverable = false): DecodeError {
  const told = `the content of a frame is longer than ${maxLength} bytes`
  return new DecodeError('ERR_FRAME_TOO_LONG', told, { recoverable })
}

/** The error for bytes that are no frame. */
export function malformed(told: string, recoverable = false): DecodeError {
  return new DecodeError('ERR_MALFORMED', told, { recoverable })
}

/** The error for content that the peer would not read as it was meant. */
export function unframeable(told: string): ShinyError {
  return new ShinyError('ERR_INVALID_MESSAGE', told, { origin: 'encode' })
}
