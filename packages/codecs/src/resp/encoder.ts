import { type ByteWriter, type DecodeError, type Encoder, type ErrorCode, ShinyError } from '@shiny/core/codec'
import { describe } from '../options.js'
import { formatDouble } from './double.js'
import {
  nullArray,
  RespAttributed,
  RespDouble,
  RespFailure,
  RespPush,
  type RespReply,
  RespSlice,
  RespStatus,
  RespSwitch,
  RespVerbatim
} from './reply.js'
import { writeBulk, writeBulkText, writeHeader, writeLine } from './wire.js'

/** The first byte of each type's header. */
const Type = {
  status: 0x2b,
  failure: 0x2d,
  integer: 0x3a,
  array: 0x2a,
  null: 0x5f,
  boolean: 0x23,
  double: 0x2c,
  bigNumber: 0x28,
  verbatim: 0x3d,
  map: 0x25,
  set: 0x7e,
  push: 0x3e,
  attribute: 0x7c
} as const

/** How deep replies may be nested. */
const MAX_DEPTH = 32

const NULL_BULK = Buffer.from('$-1\r\n')
const NULL_ARRAY = Buffer.from('*-1\r\n')
const CRLF = Buffer.from('\r\n')

/** Errors of the connection to which there is nothing to say: the peer has gone, or sends more than it may. */
const SILENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ERR_TRUNCATED', 'ERR_BUFFER_LIMIT'])

function refuse(what: string): ShinyError {
  return new ShinyError('ERR_MESSAGE_TYPE', `resp(): cannot send ${what}`, { origin: 'encode' })
}

/** Writes replies in RESP2 until told to switch; the version belongs to a reply's place in the stream. */
export class RespEncoder implements Encoder<RespReply> {
  #version: 2 | 3 = 2

  encode(reply: RespReply, dst: ByteWriter): void {
    // What is sent most comes first: each question about a class costs as much as a byte or two.
    if (typeof reply === 'string') writeBulkText(dst, reply)
    else if (reply instanceof RespStatus) this.#status(reply, dst)
    else if (reply instanceof RespSlice) this.#slice(reply, dst)
    else if (reply instanceof RespSwitch) this.#switch(reply, dst)
    else if (reply instanceof RespPush) this.#push(reply, dst)
    else this.#value(reply, dst, 0)
  }

  encodeError(error: DecodeError, dst: ByteWriter): void {
    if (SILENT.has(error.code)) return
    // Redis sends an offending byte as it is; so does this, and no byte can end the line.
    dst.latin1(`-ERR ${error.message.replace(/[\r\n]/g, ' ').replace(/[^\0-\xff]/g, '?')}`)
    dst.bytes(CRLF)
  }

  #switch({ version, reply }: RespSwitch, dst: ByteWriter): void {
    if (version !== 2 && version !== 3) throw refuse(`replies of RESP version ${describe(version)}`)
    const before = this.#version
    this.#version = version
    try {
      this.#value(reply, dst, 0)
    } catch (error) {
      this.#version = before
      throw error
    }
  }

  #push({ elements }: RespPush, dst: ByteWriter): void {
    if (typeof elements[0] !== 'string') throw refuse('a push whose first element is not a string that names its kind')
    writeHeader(dst, this.#version === 3 ? Type.push : Type.array, elements.length)
    for (const element of elements) this.#value(element, dst, 1)
  }

  #value(value: RespReply, dst: ByteWriter, depth: number): void {
    switch (typeof value) {
      case 'string':
        return writeBulkText(dst, value)
      case 'number':
        return this.#number(value, dst)
      case 'bigint':
        return this.#bigint(value, dst)
      case 'boolean':
        if (this.#version === 3) return writeLine(dst, Type.boolean, value ? 't' : 'f')
        return writeHeader(dst, Type.integer, value ? 1 : 0)
      case 'object':
        return this.#object(value, dst, depth)
      default:
        throw refuse(describe(value))
    }
  }

  #number(value: number, dst: ByteWriter): void {
    if ((value | 0) === value && value >= 0) writeHeader(dst, Type.integer, value)
    else if (Number.isSafeInteger(value)) writeLine(dst, Type.integer, String(value))
    else if (Number.isInteger(value)) this.#bigint(BigInt(value), dst)
    else this.#double(value, dst)
  }

  #bigint(value: bigint, dst: ByteWriter): void {
    const text = value.toString()
    if (BigInt.asIntN(64, value) === value) writeLine(dst, Type.integer, text)
    else if (this.#version === 3) {
      // Not by writeLine: a big number may be longer than what that writes without a detour.
      dst.u8(Type.bigNumber)
      dst.latin1(text)
      dst.bytes(CRLF)
    } else writeBulkText(dst, text)
  }

  #double(value: number, dst: ByteWriter): void {
    const text = formatDouble(value)
    if (this.#version === 3) writeLine(dst, Type.double, text)
    else writeBulkText(dst, text)
  }

  /** In the order of what is sent most. */
  #object(value: (RespReply & object) | null, dst: ByteWriter, depth: number): void {
    if (value === null) return this.#null(dst, NULL_BULK)
    if (value instanceof RespStatus) return this.#status(value, dst)
    if (value instanceof RespSlice) return this.#slice(value, dst)
    if (value instanceof Uint8Array) return writeBulk(dst, value, 0, value.length)
    if (Array.isArray(value)) return this.#array(value, dst, depth)
    if (value instanceof RespFailure) return writeLine(dst, Type.failure, this.#text(value.text, 'an error'))
    if (value === nullArray) return this.#null(dst, NULL_ARRAY)
    if (value instanceof Map) return this.#map(value, dst, depth)
    if (value instanceof Set) return this.#set(value, dst, depth)
    if (value instanceof RespDouble) {
      if (typeof value.value !== 'number') throw refuse(`${describe(value.value)} as a double`)
      return this.#double(value.value, dst)
    }
    if (value instanceof RespVerbatim) return this.#verbatim(value, dst)
    if (value instanceof RespAttributed) return this.#attributed(value, dst, depth)
    if (value instanceof RespPush) throw refuse('a push inside another reply')
    if (value instanceof RespSwitch) throw refuse('a switch of versions inside another reply')
    throw refuse(describe(value))
  }

  #null(dst: ByteWriter, resp2: Uint8Array): void {
    if (this.#version === 3) writeLine(dst, Type.null, '')
    else dst.bytes(resp2)
  }

  #status({ text }: RespStatus, dst: ByteWriter): void {
    writeLine(dst, Type.status, this.#text(text, 'a status'))
  }

  #text(text: string, what: string): string {
    if (typeof text !== 'string') throw refuse(`${what} whose text is ${describe(text)}`)
    return text
  }

  #slice({ source, start, end }: RespSlice, dst: ByteWriter): void {
    if (!(start >= 0 && start <= end && end <= source.length)) {
      throw refuse(`bytes ${start} to ${end} of ${source.length} bytes`)
    }
    writeBulk(dst, source, start, end)
  }

  #array(elements: readonly RespReply[], dst: ByteWriter, depth: number): void {
    this.#descend(depth)
    const { length } = elements
    writeHeader(dst, Type.array, length)
    for (let i = 0; i < length; i++) this.#value(elements[i] as RespReply, dst, depth + 1)
  }

  #map(entries: ReadonlyMap<RespReply, RespReply>, dst: ByteWriter, depth: number): void {
    this.#descend(depth)
    if (this.#version === 3) writeHeader(dst, Type.map, entries.size)
    else writeHeader(dst, Type.array, entries.size * 2)
    this.#pairs(entries, dst, depth)
  }

  #set(members: ReadonlySet<RespReply>, dst: ByteWriter, depth: number): void {
    this.#descend(depth)
    writeHeader(dst, this.#version === 3 ? Type.set : Type.array, members.size)
    for (const member of members) this.#value(member, dst, depth + 1)
  }

  #attributed({ attributes, value }: RespAttributed, dst: ByteWriter, depth: number): void {
    if (!(attributes instanceof Map)) throw refuse(`attributes that are ${describe(attributes)}`)
    this.#descend(depth)
    if (this.#version === 3) {
      writeHeader(dst, Type.attribute, attributes.size)
      this.#pairs(attributes, dst, depth)
    }
    this.#value(value, dst, depth + 1)
  }

  #pairs(entries: ReadonlyMap<RespReply, RespReply>, dst: ByteWriter, depth: number): void {
    for (const [key, value] of entries) {
      this.#value(key, dst, depth + 1)
      this.#value(value, dst, depth + 1)
    }
  }

  /** A cyclic reply ends here too. */
  #descend(depth: number): void {
    if (depth >= MAX_DEPTH) throw refuse(`a reply that is cyclic or nested more than ${MAX_DEPTH} deep`)
  }

  #verbatim({ format, text }: RespVerbatim, dst: ByteWriter): void {
    this.#text(text, 'a verbatim string')
    if (typeof format !== 'string' || !/^[!-9;-~]{3}$/.test(format)) {
      throw refuse(`a verbatim string of the format ${describe(format)}, which is not three letters`)
    }
    if (this.#version === 2) return writeBulkText(dst, text)
    writeHeader(dst, Type.verbatim, Buffer.byteLength(text) + 4)
    dst.latin1(`${format}:`)
    dst.utf8(text)
    dst.bytes(CRLF)
  }
}
