/** The Redis whose behaviour the commands follow; clients decide by it what they may ask. */
export const REDIS_VERSION = '7.4.0'
