import type { Codec } from '../codec/index.js'
import { optionError } from '../errors/index.js'
import type { Leftover } from '../reactor/contract.js'

/** What `upgrade` may be told. */
export interface UpgradeOptions {
  /**
   * What becomes of bytes that have been read and of which the old codec has made no message. `forward` (default): the new codec
   * gets them. `reject`: the connection fails with `ERR_LEFTOVER`, as it should where a peer must not send ahead. `drop`: they
   * are discarded. What the system has not handed over yet is for the new codec in any case.
   */
  readonly leftover?: 'forward' | 'reject' | 'drop' | undefined
}

const LEFTOVERS: readonly unknown[] = ['forward', 'reject', 'drop'] satisfies Leftover[]

/** Checks the arguments of an upgrade and returns its leftover policy. */
export function checkUpgrade(codec: object, next: unknown, options: UpgradeOptions): Leftover {
  const { decoder, encoder } = (codec ?? {}) as Partial<Codec<unknown>>
  if (typeof decoder !== 'function' || typeof encoder !== 'function') throw optionError('codec', 'expected a codec')
  if (typeof next !== 'function') throw optionError('connection', 'expected a class that extends Connection')
  for (const name of Object.keys(options)) if (name !== 'leftover') throw optionError(name, 'there is no such option')
  const { leftover = 'forward' } = options
  if (!LEFTOVERS.includes(leftover))
    throw optionError('leftover', `expected one of "forward", "reject", "drop", got ${JSON.stringify(leftover)}`)
  return leftover
}
