/** The fields of a head, by name in lower case. Where a name comes several times, the values are joined by `, `, those of `cookie` by `; `. */
export type HttpFields = ReadonlyMap<string, string>

/** Fields to be sent, by name; an array is sent as so many lines. Characters U+0000 to U+00FF, without line breaks. */
export type HttpFieldsInit = Readonly<Record<string, string | readonly string[] | undefined>>

/** The head of a request, as a server receives it. */
export interface HttpRequest {
  /** In upper case as a rule: methods tell cases apart. */
  readonly method: string
  /** As it was sent. */
  readonly target: string
  /** The part of the target before the `?`, not decoded; it begins with `/` but for the `*` of OPTIONS. */
  readonly path: string
  /** The part behind the `?`, not decoded; empty where there is none. */
  readonly query: string
  readonly version: '1.0' | '1.1'
  readonly headers: HttpFields
  /** Whether the peer may send another request on the same connection. */
  readonly keepAlive: boolean
}

/** A response, as a server sends it. `Content-Length` is added. */
export interface HttpResponse {
  /** From 100 to 599. */
  readonly status: number
  /** Default: the usual words. */
  readonly reason?: string | undefined
  readonly headers?: HttpFieldsInit | undefined
  /** Bytes, or a string in UTF-8. Responses of 1xx, 204 and 304 have none. */
  readonly body?: string | Uint8Array | undefined
  /** The answer to a HEAD: the body is counted and not sent. */
  readonly headOnly?: boolean | undefined
}

/** A request without a body, as a client sends it. */
export interface HttpRequestHead {
  /** Default: GET. */
  readonly method?: string | undefined
  readonly target: string
  readonly headers?: HttpFieldsInit | undefined
}

/** The head of a response, as a client receives it. */
export interface HttpResponseHead {
  readonly status: number
  readonly reason: string
  readonly headers: HttpFields
}
