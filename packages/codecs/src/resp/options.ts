import { type CodecLimits, ShinyError } from '@shiny/core/codec'
import { checkOptions, integerOption, optionError } from '../options.js'
import { defaultNames } from './default-names.js'
import { MAX_NAME } from './name-index.js'

/** Options of {@link resp}. */
export interface RespOptions {
  /** The longest header line or inline command, in bytes, from 32 to 16,777,216. Default: 65,536. */
  readonly maxLine?: number
  /** The longest bulk string, in bytes, from 1 to 536,870,912 (512 MiB). Default: 67,108,864 (64 MiB). */
  readonly maxBulk?: number
  /**
   * The most arguments of a request in RESP form, its name among them, from 1 to 2,147,483,647; inline commands are
   * bounded by `maxLine` alone, as in Redis. Default: 1,048,576.
   */
  readonly maxArguments?: number
  /**
   * Command names to be recognised while framing: their `token` is the index here, their `name` an interned string. At
   * most 65,536 names of 1 to 32 printable ASCII characters without space, in any case, no two the same but for case.
   * Default: the common commands of Redis.
   */
  readonly names?: readonly string[]
}

/** The options of {@link resp} with nothing left out. */
export type RespSettings = Required<RespOptions>

const MIB = 1024 * 1024

/** What all arguments of one request may hold together where that is more than one bulk string may. */
const LARGEST_REQUEST = 64 * MIB

/** The least that an argument costs besides its bytes is 6; this leaves room for its length in digits. */
const ARGUMENT_OVERHEAD = 32

/** The limits of {@link RespOptions}. */
export type RespLimits = Pick<RespSettings, 'maxLine' | 'maxBulk' | 'maxArguments'>

/** What a connection is held to: `own` is what the codec was made with, and the rest is in force. */
export interface RespLimitsInForce extends RespLimits {
  readonly own: RespLimits
}

/** Checks limits that a connection is given; none is above the codec's own. */
export function limitsInForce(own: RespLimits, limits: CodecLimits): RespLimitsInForce {
  checkOptions('resp', limits, ['maxLine', 'maxBulk', 'maxArguments'])
  return Object.freeze({
    maxLine: Math.min(own.maxLine, integerOption('maxLine', limits.maxLine, own.maxLine, 32, 16 * MIB)),
    maxBulk: Math.min(own.maxBulk, integerOption('maxBulk', limits.maxBulk, own.maxBulk, 1, 512 * MIB)),
    maxArguments: Math.min(
      own.maxArguments,
      integerOption('maxArguments', limits.maxArguments, own.maxArguments, 1, 2_147_483_647)
    ),
    own
  })
}

/** Checks the options and fills in the defaults. */
export function respSettings(options: RespOptions): RespSettings {
  checkOptions('resp', options, ['maxLine', 'maxBulk', 'maxArguments', 'names'])
  return Object.freeze({
    maxLine: integerOption('maxLine', options.maxLine, 65_536, 32, 16 * MIB),
    maxBulk: integerOption('maxBulk', options.maxBulk, 64 * MIB, 1, 512 * MIB),
    maxArguments: integerOption('maxArguments', options.maxArguments, MIB, 1, 2_147_483_647),
    names: options.names === undefined ? defaultNames : namesOption(options.names)
  })
}

/**
 * The most bytes that one incomplete request may hold: 64 MiB of arguments, or as many as the limits allow if that is
 * less, or one bulk string if that is more; and a line and 64 KiB.
 */
export function largestRequest(settings: RespSettings): number {
  const all = settings.maxArguments * (settings.maxBulk + ARGUMENT_OVERHEAD)
  return Math.max(settings.maxBulk, Math.min(all, LARGEST_REQUEST)) + settings.maxLine + 64 * 1024
}

function namesOption(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > 65_536)
    throw optionError('names', 'an array of at most 65536 names', value)
  const seen = new Set<string>()
  for (const [i, name] of value.entries()) {
    if (typeof name !== 'string' || name.length > MAX_NAME || !/^[!-~]+$/.test(name)) {
      throw optionError(`names[${i}]`, `1 to ${MAX_NAME} printable ASCII characters without space`, name)
    }
    const upper = name.toUpperCase()
    if (seen.has(upper)) {
      const path = `names[${i}]`
      throw new ShinyError('ERR_OPTION', `${path}: expected each name once, got ${upper} again`, { path })
    }
    seen.add(upper)
  }
  return Object.freeze([...seen])
}
