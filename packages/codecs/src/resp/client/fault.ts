import { DecodeError, type ErrorCode } from '@shiny/core/codec'

/** The refusal of a reply; what follows it in the stream has no meaning. */
export function fault(text: string, code: ErrorCode = 'ERR_MALFORMED'): DecodeError {
  return new DecodeError(code, `Protocol error: ${text}`)
}

/** A byte as an error shows it. */
export function show(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte ${byte}`
}

/** The refusal of a reply of more than `most` elements. */
export function tooManyElements(most: number): DecodeError {
  return fault(`more than ${most} elements`, 'ERR_TOO_MANY_ELEMENTS')
}
