import { type CodecLimits, type Framer, framer, type NativeFraming } from '@shiny/core/codec'
import { text } from '../formats/text.js'
import { LineEncoder } from './encoder.js'
import { LineFrames } from './frames.js'
import { lineFraming } from './framing.js'
import { type LineOptions, type LineSettings, lineSettings } from './options.js'
import { LineRunDecoder } from './run-decoder.js'

/**
 * Lines, received and sent without their ending. As it is, its messages are texts; `line().of(format)` has lines of anything else.
 *
 * ```wire
 * line()
 * ┌───────────┬────────┐
 * │ h e l l o │ \r \n  │  → "hello"
 * ├───────────┼────────┤
 * │           │ \n     │  ⇄ ""
 * ├───────────┼────────┤
 * │ w o r l d │ \n     │  ⇄ "world"
 * ├───────────┼────────┤
 * │ b y       │        │  … no ending yet
 * └───────────┴────────┘
 *   line        ending
 * ```
 *
 * A received line longer than `maxLength` is refused with ERR_FRAME_TOO_LONG as soon as that is certain. Bytes behind
 * the last ending are no line: when the peer closes, they are an error. `oversize` and `trailing` change that.
 *
 * A sent line that contains a line feed would be read as two, and a handler that repeats what a stranger wrote could be
 * made to forge the second; `send` throws ERR_INVALID_MESSAGE and nothing is sent. The same holds for a carriage return at
 * its end where the peer would take it for a part of the ending. With `latin1`, characters beyond U+00FF are
 * refused too. What is no string throws ERR_MESSAGE_TYPE. `maxLength` bounds what is sent only where a format writes it.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function line(options: LineOptions = {}): Framer<string> {
  const settings = lineSettings(options)
  const framing = lineFraming(settings)
  const isPlain = settings.oversize === 'close' && settings.trailing === 'error'
  const { decoder, native } = framer(framing, text({ encoding: settings.encoding }))
  return framer(framing, {
    name: framing.name,
    maxBuffered: framing.maxBuffered,
    decoder: isPlain ? () => new LineRunDecoder(settings, decoder()) : decoder,
    encoder: () => new LineEncoder(settings),
    ...(native && { native: readDirectly(native, settings) })
  })
}

/** The same framing, with texts made without a reader in between. */
function readDirectly({ plan, limited }: NativeFraming<string>, settings: LineSettings): NativeFraming<string> {
  const frames = new LineFrames(settings)
  return Object.freeze({
    plan,
    frames: () => frames,
    ...(limited && { limited: (limits: CodecLimits) => readDirectly(limited(limits), settings) })
  })
}
