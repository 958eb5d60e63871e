import { checkOptions, choiceOption, integerOption } from '../options.js'

/** Options of {@link line}. */
export interface LineOptions {
  /**
   * What ends a received line: `lf`, a line feed, before which a carriage return belongs to the line; `crlf`, a carriage
   * return and a line feed, so that either alone belongs to the line; `any`, a line feed, with one carriage return just
   * before it dropped. Use `crlf` for protocols in which a lone line feed must not count, as in SMTP. Default: `any`.
   */
  readonly newline?: 'any' | 'lf' | 'crlf'
  /** The longest received line without its ending, in bytes, from 1 to 16,777,216. Default: 65,536. */
  readonly maxLength?: number
  /** How bytes and characters correspond; ill-formed UTF-8 is received as U+FFFD. Default: `utf8`. */
  readonly encoding?: 'utf8' | 'latin1'
  /**
   * What becomes of a received line that is longer: `close` ends the connection; `skip` discards it up to its ending, keeps nothing of it,
   * and is one recoverable ERR_FRAME_TOO_LONG. With `skip`, lines are found in TypeScript. Default: `close`.
   */
  readonly oversize?: 'close' | 'skip'
  /**
   * What bytes behind the last ending are at the end of the stream: `error`, since a command may have been cut short; `emit`, one line more,
   * as in files. Default: `error`.
   */
  readonly trailing?: 'error' | 'emit'
  /** What a sent line ends in. Default: CR LF where `newline` is `crlf`, LF otherwise. */
  readonly ending?: '\n' | '\r\n'
}

/** The options of {@link line} with nothing left out. */
export type LineSettings = Required<LineOptions>

const MAX_LENGTH = 16 * 1024 * 1024

/** Checks the options and fills in the defaults. */
export function lineSettings(options: LineOptions): LineSettings {
  checkOptions('line', options, ['newline', 'maxLength', 'encoding', 'ending', 'oversize', 'trailing'])
  const newline = choiceOption('newline', options.newline, 'any', ['any', 'lf', 'crlf'])
  return Object.freeze({
    newline,
    maxLength: integerOption('maxLength', options.maxLength, 65_536, 1, MAX_LENGTH),
    encoding: choiceOption('encoding', options.encoding, 'utf8', ['utf8', 'latin1']),
    oversize: choiceOption('oversize', options.oversize, 'close', ['close', 'skip']),
    trailing: choiceOption('trailing', options.trailing, 'error', ['error', 'emit']),
    ending: choiceOption('ending', options.ending, newline === 'crlf' ? '\r\n' : '\n', ['\n', '\r\n'])
  })
}
