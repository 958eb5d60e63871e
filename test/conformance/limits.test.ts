import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'

const KIB = 1024

/** Takes `LIMIT=BYTES …` to change its limits, and a number to send that many bytes. */
class Limited extends Noted {
  override onMessage(text: string): void {
    if (text.includes('=')) this.setLimits(Object.fromEntries(text.split(' ').map(pair)))
    else this.app.note(`sent ${this.send('x'.repeat(Number(text) - 1))}`)
  }

  override onDrain(): void {
    this.app.note(`drained ${this.queued}`)
  }
}

function pair(text: string): [string, number] {
  const [name, value] = text.split('=')
  return [name as string, Number(value)]
}

overReactors((t, reactor) => {
  t.test('setLimits changes the water marks of one connection, from its next send on', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Limited)
    const [low, usual] = [await connect(), await connect()]
    await low.write('highWaterMark=1000\n2000\n')
    await journal.starting('drained')
    await usual.write('2000\n')
    await journal.until('sent true')
    t.equal(journal.count('sent false'), 1)
    await low.write('highWaterMark=4000\n2000\n')
    await journal.until('sent true', 2)
    t.equal((await low.bytes(4000)).length, 4000)
    t.equal((await usual.bytes(2000)).length, 2000)
  })

  t.test('a connection whose marks were changed in a handler is drained and goes on', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Limited)
    const peer = await connect()
    await peer.write('highWaterMark=10 lowWaterMark=0\n100\n100\n100\nhighWaterMark=5000\n100\n')
    await peer.bytes(400)
    await journal.until('sent true')
    t.strictSame(
      journal.entries.filter((entry) => entry.startsWith('sent')),
      ['sent false', 'sent false', 'sent false', 'sent true']
    )
  })

  t.test('setLimits changes the hard cap of one connection', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Limited)
    const peer = await connect({ reading: false })
    await peer.write(`maxQueued=${256 * KIB}\n${300 * KIB}\n`)
    t.equal(await journal.starting('close'), 'close error ERR_OUTPUT_LIMIT')
  })

  t.test('limits that make no sense are refused, and none of them is taken', async (t) => {
    class Refusing extends Noted {
      override onMessage(text: string): void {
        try {
          this.setLimits(JSON.parse(text))
        } catch (error) {
          this.app.note((error as Error).message)
        }
        this.send('x'.repeat(2000))
      }
    }
    const { connect, journal } = await startLines(t, reactor, Refusing)
    const peer = await connect()
    for (const [limits, message] of [
      ['{"highWaterMark":-1}', 'option "highWaterMark": expected an integer of 0 to 1099511627776, got -1'],
      ['{"maxQueued":1.5}', 'option "maxQueued": expected an integer of 0 to 1099511627776, got 1.5'],
      [
        '{"highWaterMark":100,"lowWaterMark":100}',
        'option "lowWaterMark": expected less than the high-water mark 100, got 100'
      ],
      ['{"maxQueued":1}', 'option "maxQueued": expected at least the high-water mark 65536, got 1'],
      ['{"highWatermark":1}', 'option "highWatermark": there is no such option']
    ] as const) {
      await peer.write(`${limits}\n`)
      await journal.until(message)
      await peer.bytes(2001)
    }
    t.equal(journal.count('close'), 0)
  })
})
