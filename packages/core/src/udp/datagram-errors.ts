import type { Address } from '../address/address.js'
import { type ErrorCode, ShinyError } from '../errors/index.js'

const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'])

/** The error for a datagram that the system, or the network, did not deliver. */
export function datagramError(errno: string, to: Address | null): ShinyError {
  const where = to === null ? '' : ` to ${to}`
  const details = { origin: 'socket', errno, ...(to === null ? {} : { address: String(to) }) } as const
  let code: ErrorCode = 'ERR_SOCKET'
  if (UNREACHABLE.has(errno)) code = 'ERR_UNREACHABLE'
  else if (errno === 'EMSGSIZE') code = 'ERR_DATAGRAM_TOO_LONG'
  return new ShinyError(code, `a datagram${where} was not delivered: ${errno}`, details)
}

/** The error for a datagram that is longer than its format allows; without a length it was received. */
export function tooLongError(length: number | undefined, maxLength: number): ShinyError {
  if (length === undefined) {
    const message = `a datagram of more than ${maxLength} bytes was received`
    return new ShinyError('ERR_DATAGRAM_TOO_LONG', message, { origin: 'decode' })
  }
  const message = `a datagram of ${length} bytes; the format allows ${maxLength}`
  return new ShinyError('ERR_DATAGRAM_TOO_LONG', message, { origin: 'encode' })
}
