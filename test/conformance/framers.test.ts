import {
  binary,
  cobs,
  delimited,
  fixedLength,
  json,
  lengthPrefixed,
  line,
  netstring,
  slip,
  text,
  varintPrefixed
} from '@shiny/codecs'
import { msgpack } from '@shiny/codecs/msgpack'
import { type Codec, Connection, DecodeError } from '@shiny/core'
import { ByteWriter } from '@shiny/core/codec'
import * as z from 'zod'
import type { Journal } from './driver/journal.js'
import { codeOf, Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

type Texts = Codec<string>

/** A codec of texts for each framer; where its frames have one size, so have the texts. */
const framers: readonly [name: string, codec: Texts][] = [
  ['line', line({ maxLength: 2 ** 21 }).of(text())],
  ['delimited by one byte', delimited({ delimiter: ';', maxLength: 2 ** 21 }).of(text())],
  ['delimited by three', delimited({ delimiter: 'aab', maxLength: 2 ** 21 }).of(text())],
  ['lengthPrefixed', lengthPrefixed().of(text())],
  ['lengthPrefixed, little-endian', lengthPrefixed({ bytes: 3, littleEndian: true }).of(text())],
  ['lengthPrefixed, between headers', lengthPrefixed({ bytes: 8, offset: 3, adjust: 2, strip: 13 }).of(text())],
  ['varintPrefixed', varintPrefixed().of(text())],
  ['netstring', netstring({ maxLength: 2 ** 21 }).of(text())],
  ['slip', slip({ maxLength: 2 ** 21 }).of(text())],
  ['cobs', cobs({ maxLength: 2 ** 21 }).of(text())]
]

/** What a peer sends that means `messages`. */
function wire<Out>(codec: Codec<unknown, Out>, messages: readonly Out[]): Buffer {
  const encoder = codec.encoder()
  const writer = new ByteWriter()
  for (const message of messages) {
    writer.begin()
    encoder.encode(message, writer)
  }
  return Buffer.from(writer.toBytes())
}

class Echo extends Connection<string, string, Journal> {
  override onMessage(message: string): void {
    this.send(message)
  }
}

/** Stops hearing after each message, and goes on a little later. */
class Halting extends Connection<string, string, Journal> {
  override onMessage(message: string): void {
    this.send(message)
    this.pause()
    setImmediate(() => this.resume())
  }
}

/** Notes messages as JSON, and errors with their place; goes on when it may. */
class Telling extends Noted<unknown, unknown> {
  override onMessage(message: unknown): void {
    this.app.note(JSON.stringify(message instanceof Uint8Array ? Buffer.from(message).toString('latin1') : message))
  }
  override onError(error: Error): void | 'continue' {
    if (!(error instanceof DecodeError)) return
    this.app.note(`${codeOf(error)} at ${error.offset}`)
    return 'continue'
  }
}

overReactors((t, reactor) => {
  for (const [name, codec] of framers) {
    t.test(`${name}: many frames come and go, whole and in drips`, async (t) => {
      const messages = Array.from({ length: 300 }, (_, i) => `${'x'.repeat(i)}${i}`)
      const bytes = wire(codec, messages)
      const { connect } = await start(t, reactor, { codec, connection: Echo })
      const whole = await connect()
      await whole.write(bytes)
      t.ok((await whole.bytes(bytes.length)).equals(bytes))
      const short = wire(codec, ['a', 'bc', 'def'])
      const drips = await connect()
      for (const byte of short) await drips.write(Buffer.of(byte))
      t.ok((await drips.bytes(short.length)).equals(short))
    })

    t.test(`${name}: a pause in the middle of what was read loses nothing`, async (t) => {
      const messages = Array.from({ length: 100 }, (_, i) => `message ${i}`)
      const bytes = wire(codec, messages)
      const { connect } = await start(t, reactor, { codec, connection: Halting })
      const peer = await connect()
      await peer.write(bytes)
      t.ok((await peer.bytes(bytes.length)).equals(bytes))
    })

    t.test(`${name}: frames of 1 MiB`, async (t) => {
      const messages = ['small', 'x'.repeat(2 ** 20), 'between', 'y'.repeat(2 ** 20)]
      const bytes = wire(codec, messages)
      const { connect } = await start(t, reactor, { codec, connection: Echo })
      const peer = await connect()
      void peer.write(bytes)
      t.ok((await peer.bytes(bytes.length)).equals(bytes))
    })

    t.test(`${name}: the end of the stream in a frame is an error`, async (t) => {
      const { connect, journal } = await start(t, reactor, { codec, connection: Telling as never })
      const peer = await connect()
      const first = wire(codec, ['ab'])
      peer.end(Buffer.concat([first, wire(codec, ['cde']).subarray(0, -1)]))
      await journal.starting('close')
      t.match(journal.entries, ['open', '"ab"', /^ERR_TRUNCATED at /, 'close error ERR_TRUNCATED'])
    })
  }

  t.test('more frames than fit a turn', async (t) => {
    const many = 50_000
    for (const codec of [lengthPrefixed({ bytes: 1 }), fixedLength(2), delimited({ delimiter: ';' })]) {
      let count = 0
      class Counting extends Connection<Uint8Array, Uint8Array | string, Journal> {
        override onMessage(message: Uint8Array): void {
          count += message.length
        }
        override onClose(): void {
          this.app.note('close')
        }
      }
      const { connect, journal } = await start(t, reactor, { codec, connection: Counting })
      const peer = await connect()
      const content = codec.name === 'fixedLength' ? 'ab' : 'a'
      peer.end(wire(codec, Array<string>(many).fill(content)))
      await journal.until('close')
      t.equal(count, many * content.length, codec.name)
    }
  })

  t.test('a length above the limit is refused at once, and what came before it is delivered', async (t) => {
    const bombs: [codec: Codec<Uint8Array, Uint8Array | string>, bomb: string][] = [
      [lengthPrefixed(), '\xff\xff\xff\xff'],
      [lengthPrefixed({ bytes: 8 }), '\xff'.repeat(8)],
      [lengthPrefixed({ bytes: 8, littleEndian: true }), '\0\0\0\0\x01\0\0\0'],
      [varintPrefixed(), '\xff\xff\xff\x7f'],
      [netstring(), '99999999']
    ]
    for (const [codec, bomb] of bombs) {
      const { connect, journal } = await start(t, reactor, { codec, connection: Telling as never })
      const peer = await connect()
      const first = wire(codec, ['ab'])
      await peer.write(Buffer.concat([first, Buffer.from(bomb, 'latin1')]))
      t.equal(await peer.closed(), null)
      await journal.starting('close')
      const code = 'ERR_FRAME_TOO_LONG'
      t.strictSame(journal.entries, ['open', '"ab"', `${code} at ${first.length}`, `close error ${code}`], codec.name)
    }
  })

  t.test('a frame that ends before its content begins is malformed', async (t) => {
    const codec = lengthPrefixed({ bytes: 2, includesPrefix: true })
    const { connect, journal } = await start(t, reactor, { codec, connection: Telling as never })
    const peer = await connect()
    await peer.write('\0\x03a\0\x01')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', '"a"', 'ERR_MALFORMED at 3', 'close error ERR_MALFORMED'])
  })

  t.test('what a format refuses costs its frame alone, and is told with its place', async (t) => {
    const point = z.object({ x: z.number() })
    const sent = ['{"x":1}', '{', '{"x":"1"}', '{"x":2}']
    const codecs: Codec<unknown, unknown>[] = [lengthPrefixed({ bytes: 1 }).of(json(point)), json.lines(point)]
    for (const codec of codecs) {
      const { connect, journal } = await start(t, reactor, { codec, connection: Telling as never })
      const peer = await connect()
      const raw = codec.name.startsWith('line') ? line().of(text()) : lengthPrefixed({ bytes: 1 }).of(text())
      peer.end(wire(raw, sent))
      await journal.starting('close')
      const refused = ['ERR_INVALID_MESSAGE at 8', 'ERR_INVALID_MESSAGE at 10']
      t.strictSame(journal.entries, ['open', '{"x":1}', ...refused, '{"x":2}', 'end', 'close peer'], codec.name)
    }
  })

  t.test('MessagePack in frames', async (t) => {
    const codec = lengthPrefixed({ bytes: 2 }).of(msgpack())
    const { connect, journal } = await start(t, reactor, { codec, connection: Telling as never })
    const peer = await connect()
    const bad = wire(lengthPrefixed({ bytes: 2 }).of(binary()), [Uint8Array.of(0xdd, 255, 255, 255, 255)])
    peer.end(Buffer.concat([wire(codec, [{ id: 1 }]), bad, wire(codec, [[true, null]])]))
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', '{"id":1}', 'ERR_INVALID_MESSAGE at 7', '[true,null]', 'end', 'close peer'])
  })

  t.test('a frame that is skipped is one error, and nothing of it is kept', async (t) => {
    const skipping = { maxLength: 5, oversize: 'skip' } as const
    const codecs: Codec<Uint8Array, Uint8Array | string>[] = [
      line(skipping).of(binary()),
      delimited({ delimiter: '\n', ...skipping }),
      lengthPrefixed({ bytes: 4, ...skipping })
    ]
    for (const codec of codecs) {
      const { connect, journal, server } = await start(t, reactor, { codec, connection: Telling as never })
      const peer = await connect()
      const raw =
        codec.name === 'lengthPrefixed'
          ? lengthPrefixed().of(text())
          : delimited({ delimiter: '\n', maxLength: 2 ** 20 })
      const before = wire(raw, ['ab'])
      const long = wire(raw, ['x'.repeat(100_000)])
      await peer.write(Buffer.concat([before, long.subarray(0, 50_000)]))
      await journal.starting('ERR_FRAME_TOO_LONG')
      await peer.write(Buffer.concat([long.subarray(50_000), wire(raw, ['123456'])]))
      peer.end(wire(raw, ['cd']))
      await journal.starting('close')
      const second = before.length + long.length
      t.strictSame(
        journal.entries,
        [
          ...['open', '"ab"', `ERR_FRAME_TOO_LONG at ${before.length}`],
          ...[`ERR_FRAME_TOO_LONG at ${second}`, '"cd"', 'end', 'close peer']
        ],
        codec.name
      )
      t.equal(server.connections.size, 0)
    }
  })

  t.test('a broken escape costs its frame alone', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: slip(), connection: Telling as never })
    const peer = await connect()
    peer.end(Buffer.from('\xc0ab\xc0\xc0\xdbx\xc0\xc0cd\xc0', 'latin1'))
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', '"ab"', 'ERR_MALFORMED at 5', '"cd"', 'end', 'close peer'])
  })

  t.test('the last line of a file is a line', async (t) => {
    const codec = line({ trailing: 'emit' })
    const { connect, journal } = await start(t, reactor, { codec, connection: Telling as never })
    const peer = await connect()
    peer.end('ab\ncd')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', '"ab"', '"cd"', 'end', 'close peer'])
  })

  t.test('and waits for a handler that has paused', async (t) => {
    const { connect } = await start(t, reactor, { codec: line({ trailing: 'emit' }), connection: Halting })
    const peer = await connect()
    peer.end('ab\ncd\nef')
    t.equal((await peer.rest()).toString(), 'ab\ncd\nef\n')
  })
}, everywhere)
