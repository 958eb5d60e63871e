import type { CodecLimits } from '../codec/index.js'
import { optionError } from '../errors/index.js'

const NAMES: ReadonlySet<string> = new Set(['highWaterMark', 'lowWaterMark', 'maxQueued', 'maxBuffered', 'codec'])

/** The limits of one connection, as `setLimits` changes them; what is left out stays as it is. */
export interface ConnectionLimits {
  /** In bytes, 0 to 2⁴⁰: above it `send` answers false. */
  readonly highWaterMark?: number | undefined
  /**
   * In bytes: at or below it `onDrain` is called. Must be below the high-water mark. It becomes half of a high-water mark that is
   * set alone and is not above it.
   */
  readonly lowWaterMark?: number | undefined
  /** In bytes, at least the high-water mark: with more queued output the connection is destroyed with `ERR_OUTPUT_LIMIT`. */
  readonly maxQueued?: number | undefined
  /**
   * In bytes, at most the codec's own limit, which it is by default: with more input kept for one message the connection closes with
   * `ERR_BUFFER_LIMIT`. Where the native reactor frames the messages, that is looked at ten times a second.
   */
  readonly maxBuffered?: number | undefined
  /**
   * The codec's own limits, for codecs that let them be changed: `maxLength` for every framer, whatever is in its frames, and those of `resp`
   * and `respClient`. They are in force for all that is received and not delivered yet, and none is above what the codec was made with.
   * Those that are left out are as it was made. They may be set from `onOpen` on, and `upgrade` ends them. The
   * native reactor keeps each different set for good, so that there should be few.
   */
  readonly codec?: CodecLimits | undefined
}

/** What a connection may hold, in bytes. */
export interface LimitsInBytes {
  readonly highWaterMark: number
  readonly lowWaterMark: number
  readonly maxQueued: number
  readonly maxBuffered: number
}

/** How much output a connection may have queued, and how much input kept. */
export class Limits implements LimitsInBytes {
  /** In bytes; above it `send` answers false. */
  readonly highWaterMark: number
  /** In bytes; at or below it `onDrain` is called. */
  readonly lowWaterMark: number
  /** In bytes; above it the connection is cut. */
  readonly maxQueued: number
  /** In bytes; above it, or the codec's own limit, the connection closes. */
  readonly maxBuffered: number
  /** Up to so many queued bytes nothing is to be seen to: below every queue where the output of all connections has a cap too. */
  readonly unwatched: number

  /**
   * `watched`: every send has to be seen to.
   *
   * @throws ShinyError `ERR_OPTION` when they do not fit together.
   */
  constructor({ highWaterMark, lowWaterMark, maxQueued, maxBuffered }: LimitsInBytes, watched: boolean) {
    if (lowWaterMark >= highWaterMark && highWaterMark > 0) {
      throw optionError('lowWaterMark', `expected less than the high-water mark ${highWaterMark}, got ${lowWaterMark}`)
    }
    if (maxQueued < highWaterMark) {
      throw optionError('maxQueued', `expected at least the high-water mark ${highWaterMark}, got ${maxQueued}`)
    }
    this.highWaterMark = highWaterMark
    this.lowWaterMark = lowWaterMark
    this.maxQueued = maxQueued
    this.maxBuffered = maxBuffered
    this.unwatched = watched ? -1 : highWaterMark
  }

  /** These limits with changes. */
  with(changes: ConnectionLimits): Limits {
    for (const name of Object.keys(changes)) if (!NAMES.has(name)) throw optionError(name, 'there is no such option')
    const highWaterMark = bytes('highWaterMark', changes.highWaterMark) ?? this.highWaterMark
    const before = this.lowWaterMark < highWaterMark ? this.lowWaterMark : highWaterMark >> 1
    const lowWaterMark = bytes('lowWaterMark', changes.lowWaterMark) ?? before
    const maxQueued = bytes('maxQueued', changes.maxQueued) ?? this.maxQueued
    const maxBuffered = bytes('maxBuffered', changes.maxBuffered) ?? this.maxBuffered
    return new Limits({ highWaterMark, lowWaterMark, maxQueued, maxBuffered }, this.unwatched < 0)
  }
}

/** A limit that has been given, if it is a number of bytes. */
export function bytes(name: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined
  if (Number.isInteger(value) && value >= 0 && value <= 2 ** 40) return value
  throw optionError(name, `expected an integer of 0 to ${2 ** 40}, got ${String(value)}`)
}
