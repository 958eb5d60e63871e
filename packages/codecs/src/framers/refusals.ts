import { DecodeError, ShinyError } from '@shiny/core/codec'

/** What is to become of a frame that is too long: `close` ends the connection, `skip` costs that frame alone. */
export type Oversize = 'close' | 'skip'

/** How a frame is refused of which nothing more is to come: see DecodeError. */
export interface Alone {
  readonly recoverable: true
  readonly passed: number
}

/** The error for content longer than `maxLength` bytes. */
export function tooLong(maxLength: number, alone?: Alone): DecodeError {
  return new DecodeError('ERR_FRAME_TOO_LONG', `the content of a frame is longer than ${maxLength} bytes`, alone)
}

/** The error for bytes that are no frame. */
export function malformed(told: string, alone?: Alone): DecodeError {
  return new DecodeError('ERR_MALFORMED', told, alone)
}

/** The error for content that the peer would not read as it was meant. */
export function unframeable(told: string): ShinyError {
  return new ShinyError('ERR_INVALID_MESSAGE', told, { origin: 'encode' })
}
