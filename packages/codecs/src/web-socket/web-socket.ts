import { type ComposableCodec, compose } from '@shiny/core/codec'
import { FrameTools, WebSocketDecoder } from './decoder.js'
import { WebSocketEncoder } from './encoder.js'
import { FrameMask } from './frame-mask.js'
import type { WebSocketMessage, WebSocketOutput } from './message.js'
import { largestFrame, type WebSocketOptions, webSocketSettings } from './options.js'

/**
 * The frames of WebSocket (RFC 6455), behind the handshake: whole messages, put together of their fragments, and control frames as they come.
 *
 * ```text
 *   81  85  37 FA 21 3D  7F 9F 4D 51 58      "Hello" as a client sends it
 *   │   │   └─ key ───┘  └─ content ─┘       each byte combined with one of the key
 *   │   └ masked, 5 bytes
 *   └ the last fragment, a text
 *
 *   82  7E 01 00  …                          256 bytes as a server sends them
 *       └──┬───┘
 *          └ 126: the length is in the next 2 bytes; 127: in the next 8
 * ```
 *
 * It neither answers a ping nor a close frame: that is the handler's part, and `WebSocketConnection` of `@shiny/codecs/web-socket` does it.
 * Behind a close frame all that is received is discarded, and `send` throws ERR_CLOSED.
 *
 * Received: what breaks the protocol is ERR_MALFORMED, and the peer is told by the close code 1002; a text or the reason of a close frame that
 * is not strict UTF-8 is ERR_INVALID_MESSAGE and 1007; what is above a limit is ERR_FRAME_TOO_LONG and 1009. All of these end the connection.
 * No memory is taken for a length before its bytes are there. Sent: control frames above 125 bytes throw ERR_FRAME_TOO_LONG, close codes that
 * must not travel ERR_INVALID_MESSAGE. Messages are sent in one frame each. Extensions, such as compression, are not negotiated.
 *
 * `setLimits` of a connection may lower `maxMessage` and `maxFrame`, and raise them again.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown, of the wrong type or out of range
 */
export function webSocket(options: WebSocketOptions = {}): ComposableCodec<WebSocketMessage, WebSocketOutput> {
  const settings = webSocketSettings(options)
  const tools = new FrameTools(settings.role)
  const mask = settings.role === 'client' ? new FrameMask() : null
  return compose({
    name: 'webSocket',
    maxBuffered: largestFrame(settings),
    decoder: () => new WebSocketDecoder(settings, tools),
    encoder: () => new WebSocketEncoder(mask)
  })
}
