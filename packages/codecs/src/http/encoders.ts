import type { ByteWriter, DecodeError, Encoder } from '@shiny/core/codec'
import { unsendable } from '../options.js'
import { TOKEN, unfit, VALUE, writeFields } from './fields.js'
import type { HttpFieldsInit, HttpRequestHead, HttpResponse } from './message.js'
import { reasonFor } from './reasons.js'
import { statusFor } from './refusal.js'

/** Writes responses, with the length of their bodies. */
export const responseEncoder: Encoder<HttpResponse> = Object.freeze({
  encode(response: HttpResponse, dst: ByteWriter): void {
    if (typeof response !== 'object' || response === null)
      throw unsendable('httpHead', response, 'an object with a status')
    const { status, headers = {}, body = '', headOnly = false } = response
    if (!Number.isInteger(status) || status < 100 || status > 599) throw unfit(`there is no status ${String(status)}`)
    const reason = response.reason ?? reasonFor(status)
    if (typeof reason !== 'string' || !VALUE.test(reason))
      throw unfit('a reason has characters that a head cannot have')
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    if (!(bytes instanceof Uint8Array)) throw unsendable('httpHead', body, 'a body of bytes or a string')
    if (isBodiless(status) && bytes.length > 0) throw unfit(`a response of status ${status} has no body`)
    refuseFraming(headers)
    dst.latin1(`HTTP/1.1 ${status} ${reason}\r\n`)
    writeFields(headers, dst)
    if (!isBodiless(status)) dst.latin1(`Content-Length: ${bytes.length}\r\n`)
    dst.latin1('\r\n')
    if (!headOnly) dst.bytes(bytes)
  },

  encodeError(error: DecodeError, dst: ByteWriter): void {
    const status = statusFor(error)
    const headers = { Connection: 'close', 'Content-Type': 'text/plain; charset=utf-8' }
    responseEncoder.encode({ status, headers, body: `${reasonFor(status)}: ${error.message}\n` }, dst)
  }
})

/** Writes requests without a body. */
export const requestEncoder: Encoder<HttpRequestHead> = Object.freeze({
  encode(request: HttpRequestHead, dst: ByteWriter): void {
    if (typeof request !== 'object' || request === null)
      throw unsendable('httpClientHead', request, 'an object with a target')
    const { method = 'GET', target, headers = {} } = request
    if (typeof method !== 'string' || !TOKEN.test(method)) throw unfit(`there is no method ${String(method)}`)
    if (typeof target !== 'string' || !/^[!-~]+$/.test(target))
      throw unfit('a target has characters that a head cannot have')
    refuseFraming(headers)
    dst.latin1(`${method} ${target} HTTP/1.1\r\n`)
    writeFields(headers, dst)
    dst.latin1('\r\n')
  }
})

function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304
}

/** How long a body is is told by the encoder alone: two lengths are how requests are smuggled. */
function refuseFraming(headers: HttpFieldsInit): void {
  for (const name of Object.keys(headers)) {
    const key = name.toLowerCase()
    if (key === 'content-length' || key === 'transfer-encoding') throw unfit(`${name} is for the codec to write`)
  }
}
