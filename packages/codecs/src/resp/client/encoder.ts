import { type ByteWriter, type Encoder, ShinyError } from '@shiny/core/codec'
import { describe } from '../../options.js'
import { formatDouble } from '../double.js'
import { writeBulk, writeBulkText, writeHeader } from '../wire.js'
import type { RespRequest } from './value.js'

const STAR = 0x2a

function refuse(what: string): ShinyError {
  return new ShinyError('ERR_MESSAGE_TYPE', `respClient(): cannot send ${what}`, { origin: 'encode' })
}

/** Writes requests: arrays of bulk strings, in both versions of RESP. */
export class RequestEncoder implements Encoder<RespRequest> {
  encode(request: RespRequest, dst: ByteWriter): void {
    if (!Array.isArray(request)) throw refuse(describe(request))
    const { length } = request
    // A server skips it without an answer, and all replies behind it would be taken for others.
    if (length === 0) throw refuse('a request without a name')
    writeHeader(dst, STAR, length)
    for (let i = 0; i < length; i++) this.#argument(request[i], dst)
  }

  #argument(value: unknown, dst: ByteWriter): void {
    if (typeof value === 'string') writeBulkText(dst, value)
    else if (value instanceof Uint8Array) writeBulk(dst, value, 0, value.length)
    else if (typeof value === 'number') writeBulkText(dst, formatDouble(value))
    else if (typeof value === 'bigint') writeBulkText(dst, value.toString())
    else throw refuse(`${describe(value)} as an argument`)
  }
}
