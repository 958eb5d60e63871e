import { decodeProxyHeader, type Preamble, type ProxyFacts, preamble } from '@shiny/core/codec'
import { checkOptions, integerOption } from '../options.js'

/** Options of {@link proxyProtocol}. */
export interface ProxyProtocolPreambleOptions {
  /**
   * The longest header of version 2, in bytes, from 107 to 65,551. Default: 65,551, so that none that is well formed is too long. One of
   * version 1 has 107 bytes at most.
   */
  readonly maxLength?: number
}

/** What a header of version 1 may take, and the least that anybody may allow. */
const LEAST = 107
const MOST = 65_551

/**
 * The PROXY header that a proxy sends once, before the bytes of the client that it connects for: of version 1 or 2, whichever comes.
 *
 * ```text
 *   PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 CR LF  h e l l o LF
 *   └──────────────── header ───────────────────────┘  └ the codec's
 * ```
 *
 * `proxyProtocol().then(line())` is a codec behind it; with a second argument, what that makes of the header is the first message.
 * Each peer must send a header, and is believed: use it where none but proxies can connect. The option `proxyProtocol` of a server does more:
 * it knows the proxies by their addresses, and what the header says is `remote` before anything of yours is called.
 *
 * Received: what is no header of the specification to the letter, or one above `maxLength`, is ERR_PROXY_HEADER at offset 0, as soon as that is
 * certain. A part of one is an error at the end of the stream. Nothing is sent by it; `connect({ proxyHeader })` is the other side.
 *
 * @throws ShinyError ERR_OPTION where an option is unknown or out of range
 */
export function proxyProtocol(options: ProxyProtocolPreambleOptions = {}): Preamble<ProxyFacts> {
  checkOptions('proxyProtocol', options, ['maxLength'])
  const maxLength = integerOption('maxLength', options.maxLength, MOST, LEAST, MOST)
  return preamble({ name: 'proxy', maxLength, decode: (src) => decodeProxyHeader(src, maxLength) })
}
