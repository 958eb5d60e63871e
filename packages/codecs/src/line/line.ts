import { type ComposableCodec, compose } from '@shiny/core/codec'
import { LineDecoder, LineFrames } from './decoder.js'
import { LineEncoder } from './encoder.js'
import { type LineOptions, lineSettings } from './options.js'

/**
 * Lines of text, received and sent without their ending.
 *
 * A received line longer than `maxLength` is refused with ERR_FRAME_TOO_LONG as soon as that is certain. Bytes behind
 * the last ending are no line: when the peer closes, they are an error.
 *
 * A sent line that contains a line feed would be read as two, and a handler that repeats what a stranger wrote could be
 * made to forge the second; `send` throws ERR_INVALID_MESSAGE and nothing is sent. The same holds for a carriage return at
 * its end where the peer would take it for a part of the ending. With `latin1`, characters beyond U+00FF are
 * refused too. What is no string throws ERR_MESSAGE_TYPE.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function line(options: LineOptions = {}): ComposableCodec<string> {
  const settings = lineSettings(options)
  return compose({
    name: 'line',
    maxBuffered: settings.maxLength + 2 + 64 * 1024,
    decoder: () => new LineDecoder(settings),
    encoder: () => new LineEncoder(settings),
    native: Object.freeze({
      plan: Object.freeze({ kind: 'line' as const, newline: settings.newline, maxLength: settings.maxLength }),
      frames: () => new LineFrames(settings)
    })
  })
}
