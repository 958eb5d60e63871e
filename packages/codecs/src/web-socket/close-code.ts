import type { DecodeError } from '@shiny/core/codec'

/** A close frame without a code is told by this one, which never travels. */
export const NO_CODE = 1005

/** Whether a close frame may carry `code`: RFC 6455, section 7.4, and what has been registered since. */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_CODE && code !== 1006
}

/** The code that tells a peer why its bytes were refused. */
export function codeFor({ code }: DecodeError): number {
  switch (code) {
    case 'ERR_INVALID_MESSAGE':
      return 1007
    case 'ERR_FRAME_TOO_LONG':
    case 'ERR_TOO_MANY_ELEMENTS':
    case 'ERR_BUFFER_LIMIT':
      return 1009
    default:
      return 1002
  }
}

const MAX_REASON = 123

/** As much of `text` as a close frame has room for. */
export function reasonOf(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= MAX_REASON) return text
  let end = MAX_REASON
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
