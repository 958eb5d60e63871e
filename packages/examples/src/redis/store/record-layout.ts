/**
 * A record begins with a header of two words, or of four when it may expire:
 *
 *     | key length (16), size class (8), flags (8) | value length | deadline, unused | key | value | unused |
 *     0                                            4              8 (when present)    8 or 16
 */
export const HEADER = 8
export const HEADER_WITH_DEADLINE = 16

const KEY_LENGTH = 0xffff
const CLASS_AT = 16
const CLASS = 0xff

/** Key and value lie in a Buffer of their own; word 1 is its number. */
export const EXTERN: number = 1 << 24
/** Word 2 is the position of the record's deadline, or -1. Without the flag the key begins there. */
export const MAY_EXPIRE: number = 1 << 25

export function headerOf(keyLength: number, sizeClass: number, flags: number): number {
  return keyLength | (sizeClass << CLASS_AT) | flags
}

export function keyLengthOf(header: number): number {
  return header & KEY_LENGTH
}

export function sizeClassOf(header: number): number {
  return (header >>> CLASS_AT) & CLASS
}

/** Where the key begins, in bytes from the record's beginning. */
export function keyOffset(header: number): number {
  return (header & MAY_EXPIRE) === 0 ? HEADER : HEADER_WITH_DEADLINE
}

/** Where the value begins. */
export function valueOffset(header: number): number {
  return keyOffset(header) + keyLengthOf(header)
}
