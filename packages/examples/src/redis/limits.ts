/** The longest string, in bytes: as an argument, and as what APPEND makes of several. */
export const LONGEST_STRING: number = 64 * 1024 * 1024

/**
 * The largest reply, in bytes. Redis has no limit here; what waits for a client that does not read is bounded
 * anyway.
 */
export const LARGEST_REPLY: number = 1024 * 1024 * 1024

/** The longest that a client may be silent, in milliseconds: more than 24 days. */
export const LONGEST_TIMEOUT: number = 2 ** 31 - 1
