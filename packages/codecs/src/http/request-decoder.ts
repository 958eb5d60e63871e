import { listOf } from './fields.js'
import { HeadDecoder } from './head-decoder.js'
import type { HttpFields, HttpRequest } from './message.js'
import { HttpRefusal } from './refusal.js'

const FIRST = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~]+) HTTP\/(\d\.\d)$/
/** What stands before the path where a target is absolute. */
const SCHEME = /^https?:\/\/[^/?]+/i
const HOST = /^[^\s,/?#@\\]*$/

/** Reads the heads of requests. */
export class RequestDecoder extends HeadDecoder<HttpRequest> {
  #method = ''
  #target = ''
  #version: '1.0' | '1.1' = '1.1'

  protected override first(line: string): void {
    const [, method, target, version] = FIRST.exec(line) ?? []
    if (method === undefined || target === undefined) throw new HttpRefusal(400, 'this is no request of HTTP/1.1')
    if (version !== '1.0' && version !== '1.1') throw new HttpRefusal(505, 'only HTTP/1.1 is spoken here')
    if (!isTarget(method, target)) throw new HttpRefusal(400, 'the target of a request is no path')
    this.#method = method
    this.#target = target
    this.#version = version
  }

  protected override complete(headers: HttpFields): HttpRequest {
    const method = this.#method
    const target = this.#target
    const version = this.#version
    const host = headers.get('host')
    if (host === undefined ? version === '1.1' : !HOST.test(host))
      throw new HttpRefusal(400, 'a request needs one host')
    refuseBody(headers)
    const path = target.replace(SCHEME, '')
    const mark = path.indexOf('?')
    return {
      method,
      target,
      path: (mark === -1 ? path : path.slice(0, mark)) || '/',
      query: mark === -1 ? '' : path.slice(mark + 1),
      version,
      headers,
      keepAlive: staysOpen(version, headers)
    }
  }
}

function isTarget(method: string, target: string): boolean {
  if (target.includes('#')) return false
  return target.startsWith('/') || SCHEME.test(target) || (target === '*' && method === 'OPTIONS')
}

/** A body that is not read would be taken for the next request. */
function refuseBody(headers: HttpFields): void {
  if (headers.has('transfer-encoding')) throw new HttpRefusal(501, 'requests with a body in pieces are not taken')
  const length = headers.get('content-length')
  if (length === undefined) return
  if (!/^\d+$/.test(length)) throw new HttpRefusal(400, 'the length of a body is no number')
  if (/[^0]/.test(length)) throw new HttpRefusal(413, 'requests with a body are not taken', 'ERR_FRAME_TOO_LONG')
}

function staysOpen(version: string, headers: HttpFields): boolean {
  const words = listOf(headers.get('connection')).map((word) => word.toLowerCase())
  return version === '1.1' ? !words.includes('close') : words.includes('keep-alive')
}
