import { DecodeError, type ErrorCode } from '@shiny/core/codec'

/** A head that is refused, and the status that tells the peer why. */
export class HttpRefusal extends DecodeError {
  /** From 400 to 599. */
  readonly status: number

  constructor(status: number, told: string, code: ErrorCode = 'ERR_MALFORMED') {
    super(code, told)
    this.status = status
  }
}

/** The status for an error of any kind. */
export function statusFor(error: DecodeError): number {
  if (error instanceof HttpRefusal) return error.status
  return error.code === 'ERR_BUFFER_LIMIT' ? 431 : 400
}
