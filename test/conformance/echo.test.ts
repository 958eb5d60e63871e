import { bytes, line } from '@shiny/codecs'
import { Connection } from '@shiny/core'
import type { Journal } from './driver/journal.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start, transports } from './driver/start.js'

class EchoLine extends Connection<string, string, Journal> {
  override onMessage(text: string): void {
    this.send(text)
  }
}

class EchoBytes extends Connection<Uint8Array, Uint8Array | string, Journal> {
  override onMessage(data: Uint8Array): void {
    this.send(data)
  }
}

overReactors((t, reactor) => {
  t.test('echoes over each transport', async (t) => {
    for (const [name, at] of transports(t)) {
      const { connect } = await start(t, reactor, { codec: line(), connection: EchoLine, at })
      const peer = await connect()
      await peer.write('hello\n')
      t.equal(await peer.line(), 'hello', name)
    }
  })

  t.test('keeps the order of pipelined messages', async (t) => {
    const { connect } = await start(t, reactor, { codec: line(), connection: EchoLine })
    const peer = await connect()
    const lines = Array.from({ length: 20_000 }, (_, i) => `message ${i}\n`).join('')
    void peer.write(lines)
    t.equal(await peer.text(lines.length), lines)
  })

  t.test('puts a message together from single bytes', async (t) => {
    const { connect } = await start(t, reactor, { codec: line(), connection: EchoLine })
    const peer = await connect()
    for (const byte of Buffer.from('in small pieces\n')) await peer.write(Uint8Array.of(byte))
    t.equal(await peer.line(), 'in small pieces')
  })

  t.test('serves many connections at once', async (t) => {
    const { connect, server } = await start(t, reactor, { codec: line(), connection: EchoLine })
    const peers = await Promise.all(Array.from({ length: 200 }, () => connect()))
    await Promise.all(peers.map((peer, i) => peer.write(`peer ${i}\n`)))
    t.strictSame(
      await Promise.all(peers.map((peer) => peer.line())),
      peers.map((_, i) => `peer ${i}`)
    )
    t.equal(server.connections.size, 200)
    t.equal(new Set([...server.connections].map((c) => c.id)).size, 200, 'each has an id of its own')
  })

  for (const mebibytes of [1, 20]) {
    t.test(`returns ${mebibytes} MiB intact`, async (t) => {
      const { connect } = await start(t, reactor, { codec: bytes(), connection: EchoBytes })
      const peer = await connect()
      const sent = pattern(mebibytes * 1024 * 1024)
      void peer.write(sent)
      t.ok(sent.equals(await peer.bytes(sent.length)))
    })
  }

  t.test('returns a line of 10 MiB intact', async (t) => {
    const { connect } = await start(t, reactor, { codec: line({ maxLength: 2 ** 24 }), connection: EchoLine })
    const peer = await connect()
    const sent = `${'0123456789abcdef'.repeat(655_360)}\n`
    void peer.write(sent)
    t.ok((await peer.text(sent.length)) === sent)
  })
}, everywhere)

/** Bytes whose every stretch is different, so that a piece in the wrong place shows. */
function pattern(length: number): Buffer {
  const words = new Uint32Array(length / 4)
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 2654435761)
  return Buffer.from(words.buffer)
}
