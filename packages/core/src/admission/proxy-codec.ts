import { type Codec, decodeProxyHeader, type ProxyFacts } from '../codec/index.js'
import { LONGEST_HEADER } from '../codec/proxy/decode.js'

/** The PROXY header, of either version, that a connection begins with. It is read once, and nothing is ever sent by it. */
export const proxyCodec: Codec<ProxyFacts, never> = {
  name: 'proxy',
  maxBuffered: LONGEST_HEADER,
  decoder: () => ({ decode: (src) => decodeProxyHeader(src) }),
  encoder: () => ({ encode: () => undefined })
}
