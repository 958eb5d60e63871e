import { bytes, delimited, fixedLength, lengthPrefixed, line, type RespCommand, resp, text } from '@shiny/codecs'
import type { Codec } from '@shiny/core'
import { frame, frames } from './frames.js'

/** A codec of whatever types, and how a peer speaks it. */
export interface Protocol {
  codec(): Codec<unknown, unknown>
  /** A message as a peer sends it. */
  wire(text: string): Buffer
  /** What a message says. */
  text(message: unknown): string
}

export type ProtocolName = 'line' | 'bytes' | 'resp' | 'delimited' | 'fixed' | 'length' | 'frames'

const anyCodec = (codec: unknown) => codec as Codec<unknown, unknown>

/** One for each framing plan, and one that has none. */
export const protocols: Record<ProtocolName, Protocol> = {
  line: { codec: () => anyCodec(line()), wire: (text) => Buffer.from(`${text}\n`), text: String },
  bytes: {
    codec: () => anyCodec(bytes()),
    wire: (text) => Buffer.from(text),
    text: (message) => Buffer.from(message as Uint8Array).toString()
  },
  resp: {
    codec: () => anyCodec(resp()),
    wire: (text) => Buffer.from(`*1\r\n$${text.length}\r\n${text}\r\n`),
    text: (message) => (message as RespCommand).text(0)
  },
  delimited: {
    codec: () => anyCodec(delimited({ delimiter: '--' }).of(text())),
    wire: (content) => Buffer.from(`${content}--`),
    text: String
  },
  fixed: { codec: () => anyCodec(fixedLength(1).of(text())), wire: (content) => Buffer.from(content), text: String },
  length: { codec: () => anyCodec(lengthPrefixed({ bytes: 4 }).of(text())), wire: frame, text: String },
  frames: { codec: () => anyCodec(frames()), wire: frame, text: String }
}

/** Each of them with each. */
export function pairsOfProtocols(): [from: ProtocolName, to: ProtocolName][] {
  const names = Object.keys(protocols) as ProtocolName[]
  return names.flatMap((from) => names.map((to): [ProtocolName, ProtocolName] => [from, to]))
}
