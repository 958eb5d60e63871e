/** What a frame is; RFC 6455, section 5.2. */
export const CONTINUATION = 0x0
export const TEXT = 0x1
export const BINARY = 0x2
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa

/** In the first byte of a frame: the last fragment of a message. */
export const FIN = 0x80
/** In the first byte: extensions, of which none is negotiated. */
export const RESERVED = 0x70
/** In the second byte: a masking key follows the length. */
export const MASKED = 0x80

/** Whether a frame is no part of a message. */
export function isControl(opcode: number): boolean {
  return opcode >= CLOSE
}

/** The longest content of a control frame, in bytes. */
export const MAX_CONTROL = 125
