/** The first byte of each type. */
export const STATUS = 0x2b
export const FAILURE = 0x2d
export const INTEGER = 0x3a
export const BULK = 0x24
export const ARRAY = 0x2a
export const NULL = 0x5f
export const BOOLEAN = 0x23
export const DOUBLE = 0x2c
export const BIG_NUMBER = 0x28
export const BULK_FAILURE = 0x21
export const VERBATIM = 0x3d
export const MAP = 0x25
export const SET = 0x7e
export const ATTRIBUTE = 0x7c
export const PUSH = 0x3e
/** A piece of a streamed string, and the end of a streamed aggregate. */
export const CHUNK = 0x3b
export const END = 0x2e
