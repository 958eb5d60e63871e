import { line } from '@shiny/codecs'
import { frame, frames } from './driver/frames.js'
import { Noted } from './driver/noted.js'
import type { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'
import { start, startLines } from './driver/start.js'

const KIB = 1024
const MIB = 1024 * KIB

/** Sends as many bytes as it is asked for, and tells when, and by what name it ended. */
class Holding extends Noted {
  override onMessage(text: string): void {
    this.app.note(`sent ${this.send('x'.repeat(Number(text) - 1))}`)
  }
  override onError(error: Error): void {
    this.app.note(error.message)
  }
}

/** Asks each peer for so many bytes, one after the other. */
async function ask(peers: Peer[], sizes: number[]): Promise<void> {
  for (const [i, size] of sizes.entries()) await peers[i]?.write(`${size}\n`)
}

overReactors((t, reactor) => {
  t.test('the output of all connections has a cap, and the one with the most goes first', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Holding, {
      highWaterMark: 64 * MIB,
      limits: { maxTotalQueued: 48 * MIB }
    })
    const peers = [
      await connect({ reading: false }),
      await connect({ reading: false }),
      await connect({ reading: false })
    ]
    await ask(peers, [8 * MIB, 30 * MIB, 8 * MIB])
    await journal.until('sent true', 3)
    t.equal(server.connections.size, 3)
    await ask(peers, [17 * MIB])
    const message = await journal.starting('5')
    t.match(message, /^5\d{7} bytes are queued for all connections, 2\d{7} of them here; the cap is 50331648$/)
    await journal.starting('close error ERR_OUTPUT_LIMIT')
    t.equal(server.connections.size, 2)
    for (const [i, size] of [
      [0, 25 * MIB],
      [2, 8 * MIB]
    ] as const) {
      peers[i]?.read()
      t.equal((await peers[i]?.bytes(size))?.length, size)
    }
    t.strictSame(server.stats().errors, { ERR_OUTPUT_LIMIT: 1 })
  })

  t.test('a message that is larger than the cap ends its own connection, and send answers false', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Holding, { limits: { maxTotalQueued: MIB } })
    const peer = await connect({ reading: false })
    await peer.write(`${32 * MIB}\n`)
    await journal.starting('close error ERR_OUTPUT_LIMIT')
    t.equal(journal.count('sent false'), 1)
  })

  t.test('traffic that leaves never comes near the cap', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Holding, { limits: { maxTotalQueued: MIB } })
    const peer = await connect()
    for (let i = 0; i < 100; i++) {
      await peer.write(`${60 * KIB}\n`)
      await peer.bytes(60 * KIB)
    }
    t.equal(journal.count('sent true'), 100)
  })

  t.test('the input that is kept of all connections has a cap', async (t) => {
    const { connect, journal, server } = await start(t, reactor, {
      codec: line({ maxLength: 4 * MIB }),
      connection: Holding,
      limits: { maxTotalBuffered: 3 * MIB }
    })
    const [one, most, other] = [await connect(), await connect(), await connect()]
    await one.write('x'.repeat(900 * KIB))
    await most.write('x'.repeat(1500 * KIB))
    await other.write('x'.repeat(800 * KIB))
    const message = await journal.starting('3')
    t.match(
      message,
      /^3\d{6} bytes are buffered for frames of all connections, 1\d{6} of them here; the cap is 3145728$/
    )
    await journal.starting('close error ERR_BUFFER_LIMIT')
    t.equal(server.connections.size, 2)
  })

  t.test('one connection may have a limit of input of its own', async (t) => {
    class Strict extends Noted<string | null> {
      override onOpen(): void {
        this.setLimits({ maxBuffered: 1000 })
      }
    }
    const plan = await start(t, reactor, { codec: line(), connection: Strict as never })
    const typescript = await start(t, reactor, { codec: frames(), connection: Strict })
    for (const [{ connect, journal }, whole, part] of [
      [plan, `${'x'.repeat(900)}\n`, 'x'.repeat(1100)],
      [typescript, frame('x'.repeat(900)), frame('x'.repeat(1100)).subarray(0, 1050)]
    ] as const) {
      const peer = await connect()
      for (let i = 1; i <= 3; i++) await peer.write(whole)
      await journal.until(`message ${'x'.repeat(900)}`, 3)
      await peer.write(part)
      await peer.rest()
      t.equal(await journal.starting('close'), 'close error ERR_BUFFER_LIMIT')
    }
  })
})
