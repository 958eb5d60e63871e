import { ByteWriter, type Codec } from '@shiny/core/codec'

/** What the messages become, by one encoder, as characters U+0000 to U+00FF. */
export function encode<In, Out>(codec: Codec<In, Out>, ...messages: NoInfer<Out>[]): string {
  const encoder = codec.encoder()
  const writer = new ByteWriter(1)
  for (const message of messages) {
    writer.begin()
    encoder.encode(message, writer)
  }
  return Buffer.from(writer.toBytes()).toString('latin1')
}

/** What the messages become where those that throw are taken back, as the framework does. */
export function encodeWhatCan<In, Out>(codec: Codec<In, Out>, ...messages: NoInfer<Out>[]): string {
  const encoder = codec.encoder()
  const writer = new ByteWriter(1)
  for (const message of messages) {
    writer.begin()
    try {
      encoder.encode(message, writer)
    } catch {
      writer.rollback()
    }
  }
  return Buffer.from(writer.toBytes()).toString('latin1')
}
