import { checkOptions, integerOption } from '../options.js'

/** Options of {@link httpHead} and {@link httpClientHead}. */
export interface HttpHeadOptions {
  /** The longest head, from its first byte to its empty line, in bytes, from 64 to 1,048,576. Default: 16,384. */
  readonly maxHead?: number
  /** The most lines of fields, from 1 to 10,000. Default: 100. */
  readonly maxHeaders?: number
}

/** The options with nothing left out. */
export type HttpHeadSettings = Required<HttpHeadOptions>

/** Checks the options and fills in the defaults. */
export function httpHeadSettings(codec: string, options: HttpHeadOptions): HttpHeadSettings {
  checkOptions(codec, options, ['maxHead', 'maxHeaders'])
  return Object.freeze({
    maxHead: integerOption('maxHead', options.maxHead, 16_384, 64, 1024 * 1024),
    maxHeaders: integerOption('maxHeaders', options.maxHeaders, 100, 1, 10_000)
  })
}
