import type { Address } from '../../address/address.js'

/** A field of a PROXY header of version 2. */
export interface ProxyTlv {
  /** 0 to 255; the specification gives numbers to the common ones. */
  readonly type: number
  readonly value: Uint8Array
}

/** What a PROXY header says. */
export interface ProxyFacts {
  readonly version: 1 | 2
  /** `proxy`: the connection is carried for somebody; `local`: the proxy connected on its own account, to see whether we live. */
  readonly command: 'proxy' | 'local'
  /** Who connected to the proxy; null when it is `local`, or when the proxy does not say. */
  readonly source: Address | null
  /** What that somebody connected to; null when the source is. */
  readonly destination: Address | null
  /** The host name that the client asked for, as TLS's SNI has it; null when the proxy does not say. */
  readonly authority: string | null
  /** The protocol that the client and the proxy agreed on by ALPN; null when the proxy does not say. */
  readonly alpn: string | null
  /** What the proxy calls the connection, at most 128 bytes; null when it does not say. */
  readonly uniqueId: Uint8Array | null
  /** All fields in the order in which they came, those above among them. */
  readonly tlvs: readonly ProxyTlv[]
}

/** The PROXY header that a connection began with. */
export interface ProxyHeader extends ProxyFacts {
  /** The proxy: the peer that really connected. */
  readonly peer: Address
}

/** The types of fields that are understood here. */
export const TLV_ALPN = 0x01
export const TLV_AUTHORITY = 0x02
export const TLV_CRC32C = 0x03
export const TLV_UNIQUE_ID = 0x05

/** What both versions know of a connection that has no fields. */
export const NO_FIELDS = { authority: null, alpn: null, uniqueId: null, tlvs: [] } as const
