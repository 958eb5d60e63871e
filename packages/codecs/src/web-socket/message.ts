/** What a peer sent: a whole message, put together of its fragments, or a control frame. */
export type WebSocketMessage =
  | { readonly type: 'text'; readonly data: string }
  | {
      readonly type: 'binary'
      /** The receiver's own. */
      readonly data: Uint8Array
    }
  | {
      readonly type: 'ping' | 'pong'
      /** At most 125 bytes; the receiver's own. */
      readonly data: Uint8Array
    }
  | {
      readonly type: 'close'
      /** 1000 to 4999 as RFC 6455 has them; 1005 where the frame has none. */
      readonly code: number
      /** Empty where the frame has none. */
      readonly reason: string
    }

/**
 * What may be sent: what may be received, a string for a text, bytes for a binary message. The content of a ping or a pong, at most 125
 * bytes, may be left out or be a string; so may the code of a close frame, 1000 by default, and its reason, which has at most 123 bytes of UTF-8.
 * The code 1005 sends a close frame without a code.
 */
export type WebSocketOutput =
  | string
  | Uint8Array
  | WebSocketMessage
  | { readonly type: 'ping' | 'pong'; readonly data?: Uint8Array | string | undefined }
  | { readonly type: 'close'; readonly code?: number | undefined; readonly reason?: string | undefined }
