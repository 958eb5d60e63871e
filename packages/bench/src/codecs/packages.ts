import { createRequire } from 'node:module'
import type { Transform } from 'node:stream'
import { StreamFeed } from './stream-feed.js'
import type { Feed, Sink } from './study.js'

const require = createRequire(import.meta.url)

/** The version of an installed package; throws when it is not installed. */
export function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version
}

// What of the packages is used here; some of them declare no types.
type Class<Options extends unknown[], Instance> = new (...options: Options) => Instance
type Split2 = (mapper?: (line: string) => unknown) => Transform
type Serialport<Name extends string, Options> = { readonly [_ in Name]: Class<[Options], Transform> }
interface RedisParser {
  execute(piece: Buffer): void
}
interface RedisDecoder {
  write(piece: Buffer): void
}
interface RedisDecoderOptions {
  readonly onReply: (reply: unknown) => void
  readonly onErrorReply: (error: unknown) => void
  readonly onPush: (push: unknown) => void
  readonly getTypeMapping: () => object
}

/** The lines of a stream, or what `mapper` makes of them. */
export async function split2(sink: Sink, mapper?: (line: string) => unknown): Promise<Feed> {
  const split = require('split2') as Split2
  return new StreamFeed(mapper === undefined ? split() : split(mapper), sink)
}

export async function readline(sink: Sink): Promise<Feed> {
  const { ReadlineParser } = require('@serialport/parser-readline') as Serialport<'ReadlineParser', object>
  return new StreamFeed(new ReadlineParser({}), sink)
}

export async function delimiterParser(sink: Sink, delimiter: string): Promise<Feed> {
  const { DelimiterParser } = require('@serialport/parser-delimiter') as Serialport<'DelimiterParser', object>
  return new StreamFeed(new DelimiterParser({ delimiter }), sink)
}

export async function byteLengthParser(sink: Sink, length: number): Promise<Feed> {
  const { ByteLengthParser } = require('@serialport/parser-byte-length') as Serialport<'ByteLengthParser', object>
  return new StreamFeed(new ByteLengthParser({ length }), sink)
}

/** Packets of the byte 0xaa, a length of two bytes, least significant first, and the content. */
export async function packetLengthParser(sink: Sink): Promise<Feed> {
  const { PacketLengthParser } = require('@serialport/parser-packet-length') as Serialport<'PacketLengthParser', object>
  return new StreamFeed(new PacketLengthParser({ lengthBytes: 2, packetOverhead: 3, maxLen: 0xffff }), sink)
}

export async function slipDecoder(sink: Sink): Promise<Feed> {
  const { SlipDecoder } = require('@serialport/parser-slip-encoder') as Serialport<'SlipDecoder', object>
  return new StreamFeed(new SlipDecoder({}), sink)
}

export async function lengthPrefixedStream(sink: Sink): Promise<Feed> {
  const { decode } = require('length-prefixed-stream') as { decode: () => Transform }
  return new StreamFeed(decode(), sink)
}

export async function netstringStream(sink: Sink): Promise<Feed> {
  const { readStream } = require('netstring-stream') as { readStream: () => Transform }
  return new StreamFeed(readStream(), sink)
}

export async function redisParser(sink: Sink): Promise<Feed> {
  const Parser = require('redis-parser') as Class<[object], RedisParser>
  const returnReply = (reply: unknown) => sink.onMessage(reply)
  const parser = new Parser({ returnReply, returnError: returnReply })
  return {
    write: (piece) => {
      parser.execute(piece)
      return undefined
    }
  }
}

/** The decoder inside a client of Redis. */
async function clientDecoder(module: string, sink: Sink): Promise<Feed> {
  const { Decoder } = require(module) as { Decoder: Class<[RedisDecoderOptions], RedisDecoder> }
  const mapping = {}
  const onReply = (reply: unknown) => sink.onMessage(reply)
  const decoder = new Decoder({ onReply, onErrorReply: onReply, onPush: onReply, getTypeMapping: () => mapping })
  return {
    write: (piece) => {
      decoder.write(piece)
      return undefined
    }
  }
}

export const nodeRedis = (sink: Sink) => clientDecoder('@redis/client/dist/lib/RESP/decoder.js', sink)
export const ioredis = (sink: Sink) => clientDecoder('ioredis/built/resp/decoder.js', sink)

/** Values one behind the other, as an asynchronous iterator makes them of an asynchronous iterator of pieces. */
export async function msgpackStream(sink: Sink): Promise<Feed> {
  const { decodeMultiStream } = await import('@msgpack/msgpack')
  const pieces = new Pieces()
  const consume = async () => {
    for await (const value of decodeMultiStream(pieces)) sink.onMessage(value)
  }
  consume().catch((error: unknown) => pieces.fail(error))
  return { write: (piece) => pieces.give(piece) }
}

/** Hands pieces on to whoever iterates over it, one at a time. */
class Pieces implements AsyncIterable<Uint8Array> {
  #waiting: ((result: IteratorResult<Uint8Array>) => void) | null = null
  #given: Buffer | null = null
  #taken: { resolve: () => void; reject: (error: unknown) => void } | null = null

  /** Settles when the next piece is asked for. */
  give(piece: Buffer): Promise<void> {
    const asked = new Promise<void>((resolve, reject) => {
      this.#taken = { resolve, reject }
    })
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting === null) this.#given = piece
    else waiting({ done: false, value: piece })
    return asked
  }

  fail(error: unknown): void {
    this.#taken?.reject(error)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() }
  }

  #next(): Promise<IteratorResult<Uint8Array>> {
    const given = this.#given
    this.#given = null
    if (given !== null) return Promise.resolve({ done: false, value: given })
    this.#taken?.resolve()
    this.#taken = null
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }
}
