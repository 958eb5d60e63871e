import {
  ByteReader,
  ByteWriter,
  type Codec,
  type Decoder,
  type Encoder,
  NEED_MORE,
  type RawBuffer
} from '../../codec/index.js'
import type { MemoryStream } from '../memory/memory-stream.js'
import { type Bytes, bytesOf } from '../verify/pieces.js'
import { snapshot } from '../verify/snapshot.js'

/** The peer of a connection under test: what it sends, and what has arrived at it. */
export class MockPeer {
  /** Messages decoded from what has arrived, by the peer's codec. */
  readonly heard: unknown[] = []
  /** Whether the other side has ended its stream. */
  ended = false
  readonly #stream: MemoryStream
  readonly #decoder: Decoder<unknown> | null
  readonly #encoder: Encoder<unknown> | null
  readonly #chunks: Buffer[] = []
  readonly #reader = new ByteReader()
  #pending: Buffer = Buffer.alloc(0)

  constructor(stream: MemoryStream, codec: Codec<unknown, unknown> | undefined) {
    this.#stream = stream
    this.#decoder = codec?.decoder() ?? null
    this.#encoder = codec?.encoder() ?? null
    stream.on('data', (chunk: Buffer) => this.#arrived(chunk))
    stream.on('end', () => {
      this.ended = true
    })
  }

  /** All bytes that have arrived. */
  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks))
  }

  /** Sends bytes as they are, and anything else by the peer's codec; each arrives by itself. */
  send(item: unknown): void {
    const bytes = item instanceof Uint8Array || this.#encoder === null ? bytesOf(item as Bytes) : this.#encode(item)
    this.#stream.write(Buffer.from(bytes), () => undefined)
  }

  #encode(message: unknown): Uint8Array {
    const writer = new ByteWriter(256)
    writer.begin()
    this.#encoder?.encode(message, writer)
    return writer.toBytes()
  }

  #arrived(chunk: Buffer): void {
    this.#chunks.push(chunk)
    const decoder = this.#decoder
    if (decoder === null) return
    const bytes = Buffer.concat([this.#pending, chunk]) as RawBuffer
    const reader = this.#reader
    reader.reset(bytes, 0, bytes.length)
    for (let m = decoder.decode(reader); m !== NEED_MORE; m = decoder.decode(reader)) this.heard.push(snapshot(m))
    this.#pending = bytes.subarray(reader.position)
  }
}
