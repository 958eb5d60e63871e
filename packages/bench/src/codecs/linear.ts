import {
  cobs,
  delimited,
  json,
  lengthPrefixed,
  line,
  netstring,
  resp,
  respClient,
  slip,
  varintPrefixed,
  webSocket
} from '@shiny/codecs'
import { ByteWriter, type Codec } from '@shiny/core/codec'
import type { Progress } from '../progress.js'
import { spreadOf } from '../statistics.js'
import { figure, layOut } from '../table.js'
import { DecoderFeed, PlanFeed } from './shiny-feeds.js'
import type { Feed, Sink } from './study.js'

const MIB = 1024 * 1024
/** In bytes: how long the frames are, each four times the one before, and what all of them come in. */
const SIZES = [MIB, 4 * MIB, 16 * MIB]
const PIECE = 16
/** Twice the bytes may take so much more time: 2 is linear, 4 is quadratic, and memory of this size is slower than small. */
const AT_MOST = 2.5

type AnyCodec = Codec<unknown, never>

/** One way to tell frames apart. */
interface Frame {
  readonly name: string
  readonly codec: AnyCodec
  /** A frame whose content has so many bytes. */
  readonly frame: (size: number) => Buffer
}

/** The time that long frames took. */
export interface LinearResult {
  readonly name: string
  readonly engine: string
  readonly points: readonly { readonly bytes: number; readonly seconds: number }[]
  /** How much more time twice the bytes took, on the average from the smallest to the largest. */
  readonly perDoubling: number
  readonly passed: boolean
}

function sent<Out>(codec: Codec<unknown, Out>, message: Out): Buffer {
  const writer = new ByteWriter()
  codec.encoder().encode(message, writer)
  return Buffer.from(writer.toBytes())
}

/** A frame of each kind, with content that makes its decoder look as often as it can. */
function frames(): readonly Frame[] {
  const most = 16 * MIB
  const maxLength = 2 * most
  const maxMessage = maxLength
  const text = (size: number) => 'x'.repeat(size - 1)
  const bytes = (size: number) => new Uint8Array(size).fill(0x62)
  const marks = delimited({ delimiter: 'ab', maxLength })
  const prefixed = lengthPrefixed({ maxLength })
  const client = webSocket({ role: 'client', maxMessage })
  const bulk = (size: number) => Buffer.from(`$${size}\r\n${'x'.repeat(size)}\r\n`)
  return [
    { name: 'line', codec: line({ maxLength: most }), frame: (size) => sent(line(), text(size)) },
    {
      name: 'json.lines',
      codec: json.lines(undefined, { maxLength: most }),
      frame: (size) => Buffer.from(`"${text(size - 2)}"\n`)
    },
    { name: 'delimited', codec: marks, frame: (size) => sent(marks, bytes(size)) },
    { name: 'lengthPrefixed', codec: prefixed, frame: (size) => sent(prefixed, bytes(size)) },
    {
      name: 'varintPrefixed',
      codec: varintPrefixed({ maxLength }),
      frame: (size) => sent(varintPrefixed({ maxLength }), bytes(size))
    },
    {
      name: 'netstring',
      codec: netstring({ maxLength }),
      frame: (size) => sent(netstring({ maxLength }), bytes(size))
    },
    {
      name: 'slip',
      codec: slip({ maxLength }),
      frame: (size) => sent(slip({ maxLength, leadingEnd: false }), bytes(size).fill(0xdb))
    },
    { name: 'cobs', codec: cobs({ maxLength }), frame: (size) => sent(cobs({ maxLength }), bytes(size)) },
    { name: 'respClient, bulk', codec: respClient(), frame: bulk },
    {
      name: 'respClient, status',
      codec: respClient({ maxLine: most }),
      frame: (size) => Buffer.from(`+${text(size - 2)}\r\n`)
    },
    { name: 'resp, bulk', codec: resp(), frame: (size) => Buffer.concat([Buffer.from('*1\r\n'), bulk(size)]) },
    { name: 'resp, inline', codec: resp({ maxLine: most }), frame: (size) => Buffer.from(`${text(size - 1)}\r\n`) },
    {
      name: 'webSocket',
      codec: webSocket({ maxMessage }),
      frame: (size) => sent(client, { type: 'binary', data: bytes(size) })
    }
  ]
}

/** Counts messages. */
class Count implements Sink {
  messages = 0

  onMessage(): void {
    this.messages++
  }
}

/** The CPU time that a frame takes in small pieces, in seconds. */
function timeOf(open: (sink: Sink) => Feed, frame: Buffer): number {
  const count = new Count()
  const feed = open(count)
  const before = process.cpuUsage()
  for (let at = 0; at < frame.length; at += PIECE) feed.write(frame.subarray(at, at + PIECE))
  const { user, system } = process.cpuUsage(before)
  if (count.messages !== 1) throw new Error(`${count.messages} messages were made of one frame`)
  return (user + system) / 1e6
}

/** Measures how the time of one long frame grows that comes in pieces of 16 bytes, for every kind of frame. */
export function measureLinear(rounds: number, progress: Progress): readonly LinearResult[] {
  return frames().flatMap(({ name, codec, frame }) => {
    progress.step(name)
    const decoder = { engine: 'TypeScript', open: (sink: Sink) => new DecoderFeed(codec, sink) }
    const plan = { engine: 'native', open: (sink: Sink) => new PlanFeed(codec, sink) }
    const engines = codec.native === undefined ? [decoder] : [plan, decoder]
    return engines.map(({ engine, open }) => {
      timeOf(open, frame(MIB / 2))
      return judged(
        name,
        engine,
        SIZES.map((bytes) => ({ bytes, seconds: bestOf(rounds, open, frame(bytes)) }))
      )
    })
  })
}

/** What disturbs a run only makes it longer. */
function bestOf(rounds: number, open: (sink: Sink) => Feed, frame: Buffer): number {
  return spreadOf(Array.from({ length: rounds }, () => timeOf(open, frame))).min
}

function judged(name: string, engine: string, points: LinearResult['points']): LinearResult {
  const first = points[0]?.seconds ?? Number.NaN
  const last = points.at(-1)?.seconds ?? Number.NaN
  const doublings = Math.log2((SIZES.at(-1) ?? MIB) / MIB)
  const perDoubling = (last / first) ** (1 / doublings)
  return { name, engine, points, perDoubling, passed: perDoubling <= AT_MOST }
}

/** The results as text. */
export function renderLinear(results: readonly LinearResult[]): string {
  const head = [
    'one frame',
    '',
    ...SIZES.map((bytes) => `${bytes / MIB} MiB, ms`),
    'per doubling',
    `at most ${AT_MOST}`
  ]
  const rows = results.map(({ name, engine, points, perDoubling, passed }) => [
    ...[name, engine, ...points.map(({ seconds }) => figure(seconds * 1000))],
    ...[perDoubling.toFixed(2), passed ? 'pass' : 'FAIL']
  ])
  return `one long frame in pieces of ${PIECE} bytes: CPU time as it grows; 2 is linear, 4 quadratic  [linear]\n${layOut([head, ...rows], 2)}\n`
}
