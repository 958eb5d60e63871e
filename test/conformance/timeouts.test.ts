import { bytes } from '@shiny/codecs'
import type { CloseReason, ShinyError, TimeoutKind } from '@shiny/core'
import type { Test } from 'tap'
import { Noted } from './driver/noted.js'
import type { Peer } from './driver/peer.js'
import { overReactors } from './driver/reactors.js'
import { start, startLines } from './driver/start.js'

const KIB = 1024
const MIB = 1024 * KIB

/** Notes the timeout that ended it, with what the error tells. */
class Timely extends Noted {
  override onTimeout(kind: TimeoutKind): void | 'continue' {
    this.app.note(`timeout ${kind}`)
  }

  override onClose(reason: CloseReason): void {
    super.onClose(reason)
    const { kind, message } = (reason.error ?? {}) as ShinyError
    if (kind !== undefined) this.app.note(`reason ${kind}: ${message}`)
  }
}

/** Sends as many bytes as it is asked for. */
class Flooding extends Timely {
  override onMessage(size: string): void {
    this.send('x'.repeat(Number(size)))
    this.app.note('sent')
  }
}

/** How long `work` takes, in milliseconds. */
async function duration(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Asserts that a timeout was met: not early, and late by no more than a busy machine explains. */
function met(t: Test, took: number, timeout: number): void {
  t.ok(took >= timeout - 1, `not early: ${Math.round(took)} ms of ${timeout}`)
  t.ok(took < timeout + 5000, `not much later: ${Math.round(took)} ms of ${timeout}`)
}

/** Writes a byte every `interval` milliseconds until the peer is told that it is over; returns how many. */
async function drip(peer: Peer, interval: number): Promise<number> {
  let count = 0
  for (; !peer.isEnded; count++) {
    await peer.write('x')
    await new Promise((resolve) => setTimeout(resolve, interval))
  }
  await peer.closed()
  return count
}

overReactors((t, reactor) => {
  t.test('idle: a connection on which nothing comes or goes is closed', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Timely, { timeouts: { idle: 200 } })
    const peer = await connect()
    met(t, await duration(() => peer.closed()), 195)
    await journal.starting('reason')
    t.strictSame(journal.entries, [
      'open',
      'timeout idle',
      'close timeout ERR_TIMEOUT',
      'reason idle: idle timeout: nothing was read or written for 200 ms'
    ])
  })

  t.test('idle: bytes that come keep it open, even those of an incomplete message', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Timely, { timeouts: { idle: 300 } })
    const peer = await connect()
    for (let i = 0; i < 8; i++) {
      await peer.write('x')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    t.strictSame(journal.entries, ['open'])
    await journal.until('timeout idle')
  })

  t.test('idle: bytes that go keep it open', async (t) => {
    class Ticking extends Timely {
      override onOpen(): void {
        super.onOpen()
        let left = 8
        const timer = setInterval(() => {
          if (left-- === 0) clearInterval(timer)
          else this.send('tick')
        }, 100)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Ticking, { timeouts: { idle: 300 } })
    const peer = await connect()
    await peer.bytes(8 * 5)
    t.strictSame(journal.entries, ['open'])
    await journal.until('timeout idle')
  })

  t.test('read: a peer that sends a byte now and then is cut, and idle does not see it', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Timely, { timeouts: { read: 400, idle: 350 } })
    const peer = await connect()
    let bytes = 0
    const took = await duration(async () => {
      bytes = await drip(peer, 50)
    })
    met(t, took, 400)
    t.ok(bytes > 1)
    await journal.starting('reason')
    t.strictSame(journal.entries, [
      'open',
      'timeout read',
      'close timeout ERR_TIMEOUT',
      'reason read: read timeout: a message was not complete after 400 ms'
    ])
  })

  t.test('read: each message has its own time, and silence between messages is none', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Timely, { timeouts: { read: 300 } })
    const peer = await connect()
    for (let i = 0; i < 6; i++) {
      await peer.write('a')
      await new Promise((resolve) => setTimeout(resolve, 100))
      await peer.write('b\n')
      await journal.until('message ab', i + 1)
    }
    await new Promise((resolve) => setTimeout(resolve, 700))
    t.equal(journal.entries.length, 7)
    const took = await duration(async () => {
      await peer.write('late')
      await journal.until('timeout read')
    })
    met(t, took, 300)
  })

  t.test('read: a codec without a native plan is judged alike', async (t) => {
    const { frames } = await import('./driver/frames.js')
    const { connect, journal } = await start(t, reactor, {
      codec: frames(),
      connection: class extends Noted<string | null> {},
      timeouts: { read: 300 }
    })
    const peer = await connect()
    await peer.write('\0\0')
    await peer.closed()
    t.equal(await journal.starting('close'), 'close timeout ERR_TIMEOUT')
  })

  t.test('read: nobody is cut for time in which a handler is at work or has paused', async (t) => {
    class Slow extends Timely {
      override async onMessage(text: string): Promise<void> {
        if (text === 'pause') {
          this.pause()
          setTimeout(() => this.resume(), 600)
        } else await new Promise((resolve) => setTimeout(resolve, 600))
        this.app.note(text)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Slow, {
      timeouts: { read: 200, idle: 250, handshake: 100 }
    })
    for (const how of ['work', 'pause']) {
      const peer = await connect()
      await peer.write(`${how}\nne`)
      await journal.until(how)
      if (how === 'pause') await new Promise((resolve) => setTimeout(resolve, 600))
      t.equal(journal.entries.filter((entry) => entry.startsWith('timeout')).length, 0, how)
      await peer.write('xt\n')
      await journal.until('next')
      await peer.closed()
      await journal.until('timeout idle')
      await journal.starting('reason')
      journal.entries.length = 0
    }
  })

  t.test('handshake: no first message in time', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Timely, { timeouts: { handshake: 250 } })
    const [silent, slow, prompt] = [await connect(), await connect(), await connect()]
    await prompt.write('hello\n')
    const took = duration(() => silent.closed())
    await drip(slow, 30)
    met(t, await took, 240)
    await journal.until('reason handshake: handshake timeout: no message came within 250 ms', 2)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await prompt.write('again\n')
    await journal.until('message again')
    t.equal(journal.count('timeout handshake'), 2)
  })

  t.test('lifetime: a busy connection is closed too, and can read what was sent', async (t) => {
    class Parting extends Timely {
      override onMessage(text: string): void {
        this.send(text)
      }
      override onTimeout(kind: TimeoutKind): void {
        super.onTimeout(kind)
        this.send('farewell')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Parting, { timeouts: { lifetime: 400 } })
    const peer = await connect()
    const took = await duration(async () => {
      while (!peer.isEnded) {
        await peer.write('x\n')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
    met(t, took, 395)
    t.match((await peer.rest()).toString(), /^(x\n)+farewell\n$/)
    t.equal(await journal.starting('close'), 'close timeout ERR_TIMEOUT')
  })

  t.test('write: a peer that takes nothing is destroyed, above the mark', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Flooding, { timeouts: { write: 300 } })
    const peer = await connect({ reading: false })
    const took = await duration(async () => {
      await peer.write(`${16 * MIB}\n`)
      await journal.starting('reason')
    })
    met(t, took, 300)
    t.strictSame(journal.entries, [
      'open',
      'sent',
      'timeout write',
      'close timeout ERR_TIMEOUT',
      'reason write: write timeout: the peer took none of the queued output for 300 ms'
    ])
  })

  t.test('write: a peer that reads on, however slowly, is not', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Flooding, { timeouts: { write: 500 } })
    const peer = await connect({ reading: false })
    await peer.write(`${16 * MIB}\n`)
    await journal.until('sent')
    for (let taken = 0; taken < 12; taken++) {
      peer.read()
      await peer.bytes(MIB)
      peer.socket.pause()
      await new Promise((resolve) => setTimeout(resolve, 120))
    }
    t.strictSame(journal.entries, ['open', 'sent'])
  })

  t.test('write: a connection that is closing, or whose server stops, does not wait for ever', async (t) => {
    class Closing extends Flooding {
      override onMessage(size: string): void {
        super.onMessage(size)
        this.close()
      }
    }
    for (const [connection, stops] of [
      [Closing, false],
      [Flooding, true]
    ] as const) {
      const options = { timeouts: { write: 300 }, highWaterMark: 64 * MIB }
      const { connect, journal, server } = await startLines(t, reactor, connection, options)
      const peer = await connect({ reading: false })
      const took = await duration(async () => {
        await peer.write(`${16 * MIB}\n`)
        await journal.until('sent')
        if (stops) await server.stop({ timeout: 60_000 })
        else await journal.starting('reason')
      })
      met(t, took, 300)
      t.equal(journal.count('close timeout ERR_TIMEOUT'), 1)
      t.equal(journal.count('timeout write'), 0, 'a connection that is closing is not asked')
    }
  })

  t.test('write: it is on unless it is switched off', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Flooding, { timeouts: { write: 0 } })
    const peer = await connect({ reading: false })
    await peer.write(`${16 * MIB}\n`)
    await journal.until('sent')
    await new Promise((resolve) => setTimeout(resolve, 300))
    t.strictSame(journal.entries, ['open', 'sent'])
    peer.read()
    await peer.bytes(16 * MIB)
  })

  t.test('a connection that has timed out is gone in the end although its peer does not read', async (t) => {
    const timeouts = { idle: 200, write: 300 }
    const { connect, journal } = await startLines(t, reactor, Flooding, { timeouts, highWaterMark: 64 * MIB })
    const peer = await connect({ reading: false })
    await peer.write(`${16 * MIB}\n`)
    await journal.starting('reason')
    t.strictSame(journal.entries.slice(2), [
      'timeout idle',
      'close timeout ERR_TIMEOUT',
      'reason idle: idle timeout: nothing was read or written for 200 ms'
    ])
  })

  t.test("'continue' lets the time count anew", async (t) => {
    class Patient extends Timely {
      #left = 3
      override onTimeout(kind: TimeoutKind): void | 'continue' {
        super.onTimeout(kind)
        if (--this.#left > 0) return 'continue'
      }
    }
    for (const kind of ['idle', 'read', 'handshake', 'lifetime'] as const) {
      const { connect, journal } = await startLines(t, reactor, Patient, { timeouts: { [kind]: 100 } })
      const peer = await connect()
      await peer.write('x')
      met(t, await duration(() => peer.closed()), 290)
      await journal.starting('reason')
      t.equal(journal.count(`timeout ${kind}`), 3, kind)
    }
  })

  t.test('a hook that throws, closes or destroys', async (t) => {
    class Ending extends Timely {
      override onTimeout(kind: TimeoutKind): void | 'continue' {
        super.onTimeout(kind)
        const how = [...'tedc'][this.app.count('timeout idle') - 1]
        if (how === 't') throw new Error('thrown')
        if (how === 'e') this.end('ended')
        if (how === 'd') this.destroy()
        if (how === 'c') {
          this.close()
          return 'continue'
        }
      }
    }
    const { connect, journal } = await startLines(t, reactor, Ending, { timeouts: { idle: 100 } })
    for (const close of ['error thrown', 'timeout ERR_TIMEOUT', 'local', 'local']) {
      const peer = await connect()
      await peer.closed()
      await journal.starting(`close ${close}`)
      journal.entries.splice(0, journal.entries.length, ...journal.entries.filter((entry) => entry === 'timeout idle'))
    }
    t.equal(journal.count('timeout idle'), 4)
  })

  t.test('setTimeouts changes them in mid-life, and switches them on and off', async (t) => {
    class Changing extends Timely {
      override onMessage(text: string): void {
        this.setTimeouts(JSON.parse(text))
        this.send('ok')
      }
    }
    const { connect, journal } = await startLines(t, reactor, Changing)
    const peer = await connect()
    const say = async (text: string) => {
      await peer.write(`${text}\n`)
      await peer.line()
    }
    await say('{"idle":200}')
    await say('{"idle":null,"lifetime":60000}')
    await new Promise((resolve) => setTimeout(resolve, 400))
    await say('{"idle":60000,"lifetime":0}')
    const took = await duration(async () => {
      await say('{"idle":250}')
      await peer.closed()
    })
    met(t, took, 245)
    await journal.starting('reason')
    t.strictSame(journal.entries.slice(0, 2), ['open', 'timeout idle'])
  })

  t.test('setTimeouts in a constructor and in onOpen', async (t) => {
    class Early extends Timely {
      constructor() {
        super()
        this.setTimeouts({ handshake: 150 })
      }
    }
    class AtOpen extends Timely {
      override onOpen(): void {
        this.setTimeouts({ lifetime: 150 })
      }
    }
    for (const connection of [Early, AtOpen]) {
      const { connect, journal } = await startLines(t, reactor, connection)
      met(t, await duration(async () => (await connect()).closed()), 150)
      await journal.starting('reason')
    }
  })

  t.test('setTimeouts refuses what is no timeout', async (t) => {
    class Refusing extends Noted {
      override onMessage(text: string): void {
        try {
          this.setTimeouts(JSON.parse(text))
        } catch (error) {
          this.app.note((error as Error).message)
        }
      }
    }
    const { connect, journal } = await startLines(t, reactor, Refusing)
    const peer = await connect()
    await peer.write('{"idle":-1}\n{"read":"1"}\n{"reed":1}\n')
    await journal.until('option "idle": expected milliseconds, 0 to 2147483647, or null, got -1')
    await journal.until('option "read": expected milliseconds, 0 to 2147483647, or null, got 1')
    await journal.until('option "reed": there is no such option')
  })

  t.test('nothing fires after the end of a connection, also for who has its slot next', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Timely, { timeouts: { idle: 300, lifetime: 600 } })
    for (let i = 1; i <= 5; i++) {
      const peer = await connect()
      peer.end()
      await journal.until('close peer', i)
      await peer.closed()
    }
    const peer = await connect()
    met(t, await duration(() => peer.closed()), 295)
    t.equal(journal.entries.filter((entry) => entry.startsWith('timeout')).length, 1)
  })

  t.test('neither onError nor connectionError tell of a timeout; the statistics do', async (t) => {
    const { connect, journal, server } = await startLines(t, reactor, Timely, { timeouts: { idle: 50 } })
    server.on('connectionError', () => journal.note('connectionError'))
    await (await connect()).closed()
    await journal.starting('reason')
    t.strictSame(
      journal.entries.filter((entry) => /error /i.test(entry)),
      []
    )
    t.strictSame([server.stats().timeouts, server.stats().connections.closed.timeout], [{ idle: 1 }, 1])
  })

  t.test('500 peers that send a byte now and then are all cut at their deadline', async (t) => {
    const { connect, journal } = await startLines(t, reactor, Timely, { timeouts: { read: 1000 } })
    const peers = await Promise.all(Array.from({ length: 500 }, () => connect()))
    const took = await Promise.all(
      peers.map(async (peer) => {
        await peer.write('x')
        return duration(() => drip(peer, 200))
      })
    )
    t.ok(Math.min(...took) >= 950, `the first after ${Math.round(Math.min(...took))} ms`)
    t.ok(Math.max(...took) < 8000, `the last after ${Math.round(Math.max(...took))} ms`)
    await journal.until('timeout read', 500)
  })

  t.test('a codec that takes whatever comes has no incomplete messages', async (t) => {
    const { connect, journal } = await start(t, reactor, {
      codec: bytes(),
      connection: class extends Noted<Uint8Array, Uint8Array | string> {},
      timeouts: { read: 100 }
    })
    const peer = await connect()
    for (let i = 0; i < 6; i++) {
      await peer.write('x')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    t.equal(journal.entries.filter((entry) => entry.startsWith('close')).length, 0)
  })
})
