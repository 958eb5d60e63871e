import type { RawBuffer } from '@shiny/core/codec'

/**
 * One request, as a reusable view of the connection's bytes: valid until the handler returns. Make a string or a copy of
 * what must live longer, or {@link RespCommand.take} all of it.
 *
 * Indexes run from 0, the command's name, to `length - 1`; any other throws a RangeError.
 */
export interface RespCommand {
  /** The command's name in upper case; interned when it is one of the codec's `names`. */
  readonly name: string
  /** The index of the name in the codec's `names`, or -1. */
  readonly token: number
  /** The number of arguments, the name among them. */
  readonly length: number
  /** The memory that the arguments lie in; lent. */
  readonly source: RawBuffer
  /** Where argument `index` begins in `source`. */
  start(index: number): number
  /** Where argument `index` ends in `source`. */
  end(index: number): number
  /** The argument as UTF-8 text. */
  text(index: number): string
  /** The argument as a copy that the caller owns. */
  bytes(index: number): Uint8Array
  /** The argument as a view that dies when the handler returns. */
  borrow(index: number): Uint8Array
  /** The argument as an integer, by RESP's strict rules; NaN when it is none or not a safe integer. */
  int(index: number): number
  /** The argument as a signed 64-bit integer, by the same rules; undefined when it is none. */
  bigint(index: number): bigint | undefined
  /** Whether the argument is `word`, which is in upper case, in any case of letters. */
  is(index: number, word: string): boolean
  /** All arguments, as copies that the caller owns. */
  take(): Uint8Array[]
}
