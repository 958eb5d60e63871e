/**
 * The store of the redis-server: byte keys and byte values with deadlines, in typed arrays.
 *
 * @packageDocumentation
 */
export { ByteSource, type Pointable, Span } from './byte-source.js'
export { Deadlines, NEVER } from './deadlines.js'
export { Directory, type KeyMatcher } from './directory.js'
export { Glob } from './glob.js'
export { addIntegers, formatInteger, INTEGER_LENGTH, parseInteger } from './integer.js'
export { HASH_RANGE, KeyHash } from './key-hash.js'
export { type Entry, KEEP, Keyspace, type KeyspaceOptions, NONE } from './keyspace.js'
