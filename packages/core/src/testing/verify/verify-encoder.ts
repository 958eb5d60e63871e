import { ByteWriter, type Codec } from '../../codec/index.js'
import { Bench } from './bench.js'
import { CodecFault } from './codec-fault.js'
import { bytesOf, cut } from './pieces.js'
import { same, show, snapshot } from './snapshot.js'
import { type CodecVectors, Refusal, type VerifyOptions } from './vectors.js'

type AnyCodec = Codec<unknown, unknown>

/** What stands in the output before. */
const BEFORE = Uint8Array.from([0x0d, 0x0a, 0x24, 0xff, 0x00])

/** Looks at what a codec sends; see {@link verifyCodec}. */
export function verifyEncoder(
  codec: AnyCodec,
  vectors: CodecVectors<unknown, unknown>,
  options: VerifyOptions<never, unknown>
): void {
  const { sends = [], valid = [], unsendable = [] } = vectors
  const roundTrip = options.roundTrip ?? (options.show === undefined && options.merge === undefined)
  for (const { message, bytes } of sends) {
    const encoded = encode(codec, message)
    if (bytes !== undefined && !same(encoded, bytesOf(bytes)))
      throw new CodecFault('encode', `${codec.name}: ${show(message)} is not encoded as it should be`, {
        pieces: [encoded]
      })
  }
  const messages = [
    ...sends.map((one) => one.message),
    ...(roundTrip ? valid.flatMap((one) => one.messages).filter(isMessage) : [])
  ]
  if (roundTrip) for (const message of messages) trip(codec, message, options)
  for (const message of unsendable) refuse(codec, message, messages[0])
}

/** The bytes of a message, which must not depend on what stands before it or on how much room there is. */
function encode(codec: AnyCodec, message: unknown): Uint8Array {
  const before = snapshot(message)
  const small = write(codec, new ByteWriter(1), message)
  const roomy = new ByteWriter(4096)
  roomy.bytes(BEFORE)
  const all = write(codec, roomy, message)
  if (!same(snapshot(message), before))
    throw new CodecFault('mutation', `${codec.name}: it changes ${show(before)} when it encodes it`)
  if (!same(all.subarray(0, BEFORE.length), BEFORE) || !same(all.slice(BEFORE.length), small))
    throw new CodecFault('encode', `${codec.name}: the bytes of ${show(message)} depend on what stands before them`, {
      pieces: [small, all]
    })
  return small
}

function write(codec: AnyCodec, writer: ByteWriter, message: unknown): Uint8Array {
  writer.begin()
  try {
    codec.encoder().encode(message, writer)
  } catch (error) {
    throw new CodecFault('encode', `${codec.name}: ${show(message)} cannot be encoded: ${String(error)}`)
  }
  return writer.toBytes()
}

/** What is encoded decodes to the same message, whole and byte by byte. */
function trip(codec: AnyCodec, message: unknown, options: VerifyOptions<never, unknown>): void {
  const bytes = encode(codec, message)
  const bench = new Bench(codec as Codec<unknown, never>, options)
  const wanted = [{ message: snapshot(message) }]
  const places = Array.from({ length: Math.max(0, Math.min(bytes.length, 1024) - 1) }, (_, i) => i + 1)
  for (const pieces of [[bytes], cut(bytes, places)]) {
    const difference = bench.difference(wanted, bench.run(pieces).events)
    if (difference !== undefined)
      throw new CodecFault('trip', `${codec.name}: a message that is encoded and decoded is another: ${difference}`, {
        pieces
      })
  }
}

/** A message that cannot be encoded throws, leaves nothing, and spoils nothing that follows. */
function refuse(codec: AnyCodec, message: unknown, good: unknown): void {
  const encoder = codec.encoder()
  const writer = new ByteWriter(64)
  writer.bytes(BEFORE)
  writer.begin()
  let thrown = false
  try {
    encoder.encode(message, writer)
  } catch {
    thrown = true
  }
  const written = writer.length
  if (!thrown) {
    const left = `it does not refuse ${show(message)}, and leaves ${written} bytes of it`
    throw new CodecFault('half', `${codec.name}: ${left}`, { pieces: [writer.toBytes().subarray(BEFORE.length)] })
  }
  writer.rollback()
  if (!same(writer.toBytes(), BEFORE))
    throw new CodecFault('half', `${codec.name}: the refused ${show(message)} leaves half a message`, {
      pieces: [writer.toBytes()]
    })
  if (good === undefined) return
  writer.begin()
  encoder.encode(good, writer)
  const next = writer.toBytes().slice(BEFORE.length)
  if (!same(next, encode(codec, good)))
    throw new CodecFault('half', `${codec.name}: what was refused, ${show(message)}, comes out with the next message`, {
      pieces: [next]
    })
}

function isMessage(expected: unknown): boolean {
  return !(expected instanceof Refusal)
}
