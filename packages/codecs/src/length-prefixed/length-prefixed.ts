import { type Framer, type Framing, type FramingPlan, framer } from '@shiny/core/codec'
import { binary } from '../formats/binary.js'
import { tooLong } from '../framers/refusals.js'
import { LengthCutter, SkippingLengthCutter, tooShort } from './cutter.js'
import { type LengthPrefixedOptions, type LengthSettings, lengthSettings } from './options.js'
import { LengthWrapper } from './wrapper.js'

/**
 * Frames that tell their length first.
 *
 * ```wire
 * lengthPrefixed()
 * ┌─────────────┬───────────┐
 * │ 00 00 00 05 │ h e l l o │  ⇄ "hello"
 * └─────────────┴───────────┘
 *   length        content
 * ```
 *
 * ```wire
 * lengthPrefixed({ bytes: 2, includesPrefix: true })
 * ┌────────┬───────────┐
 * │ 00 07  │ h e l l o │  ⇄ "hello"
 * └────────┴───────────┘
 *   length   content
 * ```
 *
 * ```wire
 * lengthPrefixed({ bytes: 1, offset: 2 })
 * ┌────────┬────────┬───────────┐
 * │ T 1    │ 05     │ h e l l o │  → "hello"
 * └────────┴────────┴───────────┘
 *   before   length   content
 * ```
 *
 * A frame has `offset` bytes, the length, and as many bytes more as the length says plus `adjust`; `includesPrefix` takes the bytes up to the
 * end of the length off again. Its content is all but the first `strip` bytes.
 *
 * When it is sent, those first bytes are zeros but for the length. Where `strip` is so small that the content has the place of the length in
 * it, the length is written over what was there.
 *
 * Used as a codec itself, its messages are bytes, as {@link binary} has them. Received: a length that ends the frame before its content begins
 * is ERR_MALFORMED, one above `maxLength` is ERR_FRAME_TOO_LONG, and no memory is taken ahead of the bytes. Sent: content above `maxLength`
 * throws ERR_FRAME_TOO_LONG. A part of a frame is an error at the end of the stream.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function lengthPrefixed(options: LengthPrefixedOptions = {}): Framer<Uint8Array, Uint8Array | string> {
  const settings = lengthSettings(options)
  const shared = new LengthCutter(settings)
  const framing: Framing = {
    name: 'lengthPrefixed',
    maxLength: settings.maxLength,
    maxBuffered: settings.head + settings.strip + settings.maxLength + 64 * 1024,
    cutter: () => (settings.skips ? new SkippingLengthCutter(settings) : shared),
    wrapper: new LengthWrapper(settings),
    ...(!settings.skips && { native: planOf(settings) })
  }
  return framer(framing, binary())
}

function planOf({ offset, bytes, littleEndian, adjust, strip, maxLength }: LengthSettings): FramingPlan {
  return {
    plan: Object.freeze({ kind: 'length', offset, bytes, littleEndian, adjust, strip, maxLength }),
    read: (cursor, bounds) => {
      const end = cursor.table[cursor.at] as number
      bounds.start = cursor.start + strip
      bounds.end = end
      cursor.start = end
      cursor.at += 1
    },
    refuse: (reason, detail) => (reason === 1 ? tooLong(detail) : tooShort())
  }
}
