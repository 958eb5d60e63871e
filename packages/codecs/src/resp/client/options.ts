import type { CodecLimits } from '@shiny/core/codec'
import { checkOptions, choiceOption, integerOption } from '../../options.js'

/** Options of {@link respClient}. */
export interface RespClientOptions {
  /** The longest line, in bytes: headers, simple strings, errors and numbers; from 32 to 16,777,216. Default: 65,536. */
  readonly maxLine?: number
  /** The longest bulk or streamed string, in bytes, from 1 to 536,870,912 (512 MiB). Default: 67,108,864 (64 MiB). */
  readonly maxBulk?: number
  /**
   * The most elements of one reply, those of all its aggregates together and a pair counted twice, from 1 to 2,147,483,647.
   * Default: 1,048,576.
   */
  readonly maxElements?: number
  /** How deep aggregates may be nested, from 1 to 65,536. Default: 1024. */
  readonly maxDepth?: number
  /**
   * The longest reply, in bytes as it is sent, from 1 to 1,073,741,824 (1 GiB). Default: 64 MiB, or `maxBulk` if that is more,
   * and 128 KiB.
   */
  readonly maxReply?: number
  /** What bulk strings become: `utf8` (default), text in which ill-formed sequences are U+FFFD; or `bytes`, a Uint8Array. */
  readonly strings?: 'utf8' | 'bytes'
}

/** The options with nothing left out. */
export type RespClientSettings = Required<RespClientOptions>

/** Those of them that may change while it runs. */
type RespClientLimits = Pick<RespClientSettings, 'maxLine' | 'maxBulk' | 'maxElements' | 'maxDepth'>

const LIMITS = ['maxLine', 'maxBulk', 'maxElements', 'maxDepth']

const KIB = 1024
const MIB = 1024 * KIB

const DEFAULTS = { maxLine: 64 * KIB, maxBulk: 64 * MIB, maxElements: MIB, maxDepth: 1024 }

/** Checks the options and fills in the defaults. */
export function respClientSettings(options: RespClientOptions): RespClientSettings {
  checkOptions('respClient', options, [...LIMITS, 'maxReply', 'strings'])
  const limits = limitsOf(options, DEFAULTS)
  const maxReply = Math.max(limits.maxBulk, 64 * MIB) + 128 * KIB
  return Object.freeze({
    ...limits,
    maxReply: integerOption('maxReply', options.maxReply, maxReply, 1, 1024 * MIB),
    strings: choiceOption('strings', options.strings, 'utf8', ['utf8', 'bytes'])
  })
}

/** The settings with limits that a connection is given; none is above the codec's own. */
export function limitedReplies(own: RespClientSettings, limits: CodecLimits): RespClientSettings {
  checkOptions('respClient', limits, LIMITS)
  const given = limitsOf(limits, own)
  return Object.freeze({
    ...own,
    maxLine: Math.min(own.maxLine, given.maxLine),
    maxBulk: Math.min(own.maxBulk, given.maxBulk),
    maxElements: Math.min(own.maxElements, given.maxElements),
    maxDepth: Math.min(own.maxDepth, given.maxDepth)
  })
}

function limitsOf(options: Partial<RespClientLimits>, fallback: RespClientLimits): RespClientLimits {
  return {
    maxLine: integerOption('maxLine', options.maxLine, fallback.maxLine, 32, 16 * MIB),
    maxBulk: integerOption('maxBulk', options.maxBulk, fallback.maxBulk, 1, 512 * MIB),
    maxElements: integerOption('maxElements', options.maxElements, fallback.maxElements, 1, 2_147_483_647),
    maxDepth: integerOption('maxDepth', options.maxDepth, fallback.maxDepth, 1, 65_536)
  }
}
