import { bytes } from '@shiny/codecs'
import { Connection } from '@shiny/core'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start, startLines } from './driver/start.js'

const KIB = 1024
const MIB = 1024 * KIB

/** Sends `size` bytes in messages of 64 KiB, and tells how each was taken. */
class Flooding extends Noted {
  override onMessage(size: string): void {
    const message = 'x'.repeat(64 * KIB - 1)
    for (let left = Number(size); left > 0; left -= 64 * KIB) this.app.note(`sent ${this.send(message)}`)
  }

  override onDrain(): void {
    this.app.note(`drained ${this.queued <= 32 * KIB}`)
  }
}

overReactors((t, reactor) => {
  t.test('send answers false above the high-water mark, and onDrain follows at the low one', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Flooding)
    const peer = await connect({ reading: false })
    await peer.write(`${16 * MIB}\n`)
    await journal.when(() => journal.count('sent true') + journal.count('sent false') === 256)
    t.equal(journal.entries[1], 'sent true', '64 KiB are not above it')
    t.equal(journal.entries[2], 'sent false', '128 KiB are')
    t.equal(journal.count('drained true'), 0)
    peer.read()
    await peer.bytes(16 * MIB)
    await journal.until('drained true')
    t.equal(journal.count('drained false'), 0, 'never while more than the low-water mark is queued')
  })

  t.test('onDrain comes also when the system takes everything at once', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Flooding)
    const peer = await connect()
    await peer.write(`${128 * KIB}\n`)
    await journal.until('drained true')
    await peer.write(`${128 * KIB}\n`)
    await journal.until('drained true', 2)
    await peer.bytes(256 * KIB)
    t.strictSame(journal.entries, [
      'open',
      ...['sent true', 'sent false', 'drained true'],
      ...['sent true', 'sent false', 'drained true']
    ])
  })

  t.test('no onDrain without having been above the high-water mark', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Flooding)
    const peer = await connect()
    for (let i = 1; i <= 5; i++) {
      await peer.write(`${64 * KIB}\n`)
      await peer.bytes(64 * KIB)
    }
    peer.end()
    await journal.starting('close')
    t.equal(journal.count('drained true'), 0)
  })

  t.test('onDrain may send again, and is called again', async (t) => {
    class Endless extends Noted {
      #left = 20
      override onMessage(): void {
        this.onDrain()
      }
      override onDrain(): void {
        if (this.#left-- > 0) while (this.send('x'.repeat(64 * KIB))) {}
        else this.end('done')
      }
    }
    const { connect } = await startLines(t, reactor, Endless)
    const peer = await connect()
    await peer.write('go\n')
    t.ok((await peer.rest()).subarray(-5).equals(Buffer.from('done\n')))
  })

  t.test('sends outside a turn count too', async (t) => {
    class Timed extends Flooding {
      override onMessage(size: string): void {
        setTimeout(() => super.onMessage(size), 0)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Timed)
    const peer = await connect()
    await peer.write(`${256 * KIB}\n`)
    await journal.until('drained true')
    await peer.bytes(256 * KIB)
    t.equal(journal.count('sent false'), 3)
  })

  t.test('hold: no messages while above the high-water mark', async (t) => {
    class Replying extends Noted {
      override onMessage(text: string): void {
        this.app.note(text)
        this.send(text.repeat(256 * KIB))
      }
      override onDrain(): void {
        this.app.note('drained')
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Replying)
    const peer = await connect({ reading: false })
    await peer.write('a\n'.repeat(200))
    await journal.until('a')
    // As long as the peer reads nothing, the system's buffers decide how many are answered: some, and not all.
    const seen = await settled(() => journal.count('a'))
    t.ok(seen < 200, `${seen} of 200 were answered`)
    const [connection] = server.connections
    t.ok((connection?.queued ?? 0) <= 64 * KIB + 256 * KIB + 1, 'at most one reply beyond the mark is queued')
    peer.read()
    await journal.until('a', 200)
    await peer.bytes(200 * (256 * KIB + 1))
    t.ok(journal.count('drained') > 0)
  })

  t.test('manual: messages flow on, and pause holds them back', async (t) => {
    class Manual extends Noted {
      #count = 0
      override onMessage(): void {
        this.send('x'.repeat(64 * KIB))
        if (++this.#count === 200) this.app.note('all')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Manual, { backpressure: 'manual' })
    const peer = await connect({ reading: false })
    await peer.write('a\n'.repeat(200))
    await journal.until('all')
    peer.read()
    t.equal((await peer.bytes(200 * (64 * KIB + 1))).length, 200 * (64 * KIB + 1))
  })

  t.test('above the hard cap the connection is destroyed', async (t) => {
    class Reckless extends Noted {
      override onMessage(): void {
        for (let i = 0; i < 1000 && this.isOpen; i++) this.app.note(`sent ${this.send('x'.repeat(64 * KIB))}`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Reckless, { maxQueued: MIB })
    const peer = await connect({ reading: false })
    await peer.write('go\n')
    await journal.starting('close')
    t.strictSame(
      journal.entries.filter((entry) => !entry.startsWith('sent')),
      ['open', 'error ERR_OUTPUT_LIMIT', 'close error ERR_OUTPUT_LIMIT']
    )
    t.equal(journal.count('sent true'), 0)
    t.ok(journal.count('sent false') >= 16, 'those up to the cap, and the one that exceeds it')
  })

  t.test('the water marks may be chosen', async (t) => {
    const marks = { highWaterMark: 4 * MIB, lowWaterMark: 16 * KIB }
    const { connect, journal } = await startLines(t, reactor, Flooding, marks)
    const peer = await connect({ reading: false })
    await peer.write(`${4 * MIB}\n`)
    await journal.until('sent true', 64)
    await peer.write(`${32 * MIB}\n`)
    await journal.when(() => journal.count('sent true') + journal.count('sent false') === 64 + 512)
    t.ok(journal.count('sent true') >= 64, 'the first 4 MiB are not above it')
    t.ok(journal.count('sent false') > 0)
    peer.read()
    await peer.bytes(36 * MIB)
    await journal.until('drained true')
  })

  t.test('messages larger than the output arena keep their order and arrive whole', async (t) => {
    class Mixed extends Connection<Uint8Array, Uint8Array | string, Journal> {
      override onMessage(): void {
        for (let i = 0; i < 6; i++) {
          this.send(`<${i}`)
          this.send(String(i).repeat(3 * MIB))
          this.send(`${i}>`)
        }
        this.close()
      }
    }
    const { connect } = await start(t, reactor, { codec: bytes(), connection: Mixed })
    const peer = await connect()
    await peer.write('go')
    const expected = Array.from({ length: 6 }, (_, i) => `<${i}${String(i).repeat(3 * MIB)}${i}>`).join('')
    t.ok((await peer.rest()).toString() === expected)
  })

  t.test('a broadcast of small messages to many connections', async (t) => {
    class Room extends Noted {
      override onMessage(text: string): void {
        for (const other of server.connections) other.send(text)
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Room)
    const peers = await Promise.all(Array.from({ length: 100 }, () => connect()))
    await journal.until('open', 100)
    await peers[0]?.write(Array.from({ length: 100 }, (_, i) => `message ${i}\n`).join(''))
    const expected = Array.from({ length: 100 }, (_, i) => `message ${i}\n`).join('')
    for (const peer of peers) {
      if ((await peer.text(expected.length)) !== expected) t.fail('a peer got something else')
    }
    t.pass('each got them all, in order')
  })

  t.test('one peer that does not read does not slow a broadcast to the others', async (t) => {
    class Room extends Noted {
      override onMessage(text: string): void {
        for (const other of server.connections) other.send(text.repeat(64 * KIB))
      }
    }
    const { connect, journal, server } = await startLines(t, reactor, Room)
    const [lazy, speaker, other] = [await connect({ reading: false }), await connect(), await connect()]
    await journal.until('open', 3)
    for (let i = 0; i < 100; i++) {
      await speaker.write('x\n')
      await Promise.all([speaker.bytes(64 * KIB + 1), other.bytes(64 * KIB + 1)])
    }
    lazy.read()
    t.equal((await lazy.bytes(100 * (64 * KIB + 1))).length, 100 * (64 * KIB + 1))
  })
}, everywhere)

/** The value once it has stayed the same for a while of turns. */
async function settled(value: () => number): Promise<number> {
  let last = value()
  for (let same = 0; same < 50; ) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    same = value() === last ? same + 1 : 0
    last = value()
  }
  return last
}
