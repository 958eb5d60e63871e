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

const KIB = 1024
const MIB = 1024 * KIB

/** Checks the options and fills in the defaults. */
export function respClientSettings(options: RespClientOptions): RespClientSettings {
  checkOptions('respClient', options, ['maxLine', 'maxBulk', 'maxElements', 'maxDepth', 'maxReply', 'strings'])
  const maxBulk = integerOption('maxBulk', options.maxBulk, 64 * MIB, 1, 512 * MIB)
  const maxReply = Math.max(maxBulk, 64 * MIB) + 128 * KIB
  return Object.freeze({
    maxLine: integerOption('maxLine', options.maxLine, 64 * KIB, 32, 16 * MIB),
    maxBulk,
    maxElements: integerOption('maxElements', options.maxElements, MIB, 1, 2_147_483_647),
    maxDepth: integerOption('maxDepth', options.maxDepth, 1024, 1, 65_536),
    maxReply: integerOption('maxReply', options.maxReply, maxReply, 1, 1024 * MIB),
    strings: choiceOption('strings', options.strings, 'utf8', ['utf8', 'bytes'])
  })
}
