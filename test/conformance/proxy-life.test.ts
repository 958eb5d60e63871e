import { Address, Connection, encodeProxyHeader } from '@shiny/core'
import { destination, opened, Placed, startBehind, v1, v2 } from './driver/behind.js'
import { frame, frames } from './driver/frames.js'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'

overReactors((t, reactor) => {
  t.test('what a constructor and a listener of `connection` send goes by the codec', async (t) => {
    class Eager extends Placed {
      constructor() {
        super()
        this.send('from the constructor')
      }
    }
    const { connect, server } = await startBehind(t, reactor, { connection: Eager })
    server.on('connection', (connection) => void (connection as unknown as Eager).send('from a listener'))
    const peer = await connect()
    await peer.write(v2)
    t.equal(await peer.line(), 'from the constructor')
    t.equal(await peer.line(), 'from a listener')
  })

  t.test('a constructor that throws, a hook that throws and a hook that closes', async (t) => {
    class Fragile extends Placed {
      constructor() {
        super()
        if (this.remote.port === 1) throw new Error('constructor')
      }
      override onOpen(): void {
        if (this.remote.port === 2) throw new Error('open')
        if (this.remote.port === 3) this.end('bye')
        if (this.remote.port === 4) this.destroy()
      }
    }
    const { connect, journal, server } = await startBehind(t, reactor, { connection: Fragile })
    server.on('error', (error) => journal.note(`server ${error.message}`))
    for (const port of [1, 2, 3, 4]) {
      const peer = await connect()
      const header = encodeProxyHeader({ source: Address.ip('203.0.113.9', port), destination })
      await peer.write(Buffer.concat([header, Buffer.from('never\n')]))
      t.equal((await peer.rest()).toString(), port === 3 ? 'bye\n' : '', `port ${port}`)
    }
    await journal.when(() => server.connections.size === 0)
    await server.stop()
    t.strictSame(
      journal.entries.filter((entry) => !entry.startsWith('made')),
      ['server constructor', 'error open', 'failed open', 'close error open', 'close local', 'close local']
    )
  })

  t.test('onOpen may be asynchronous: what is behind the header waits', async (t) => {
    let proceed = () => undefined as void
    class Patient extends Noted {
      override async onOpen(): Promise<void> {
        this.app.note('open')
        await new Promise<void>((resolve) => {
          proceed = resolve
        })
        this.app.note('opened')
      }
    }
    const { connect, journal } = await startBehind(t, reactor, { connection: Patient })
    const peer = await connect()
    await peer.write(Buffer.concat([v1, Buffer.from('hello\n')]))
    await journal.until('open')
    await peer.write('again\n')
    proceed()
    await journal.until('message again')
    t.strictSame(journal.entries, ['open', 'opened', 'message hello', 'message again'])
  })

  t.test('timeouts of the server count from the header on', async (t) => {
    const { connect, journal } = await startBehind(t, reactor, { timeouts: { handshake: 150, lifetime: 60_000 } })
    const began = performance.now()
    const peer = await connect()
    for (const piece of [v2.subarray(0, 10), v2.subarray(10, 20)]) {
      await peer.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    await peer.write(v2.subarray(20))
    await journal.until(opened[1] as string)
    await peer.closed()
    await journal.starting('close')
    const took = performance.now() - began
    t.ok(took >= 450 && took < 30_000, `the handshake timeout is that of the first message: ${took} ms`)
    t.strictSame(journal.entries.slice(2), ['close timeout ERR_TIMEOUT'])
  })

  t.test('onOpen may upgrade: the bytes behind the header are for the next codec', async (t) => {
    class Second extends Connection<string | null, string | null, Journal> {
      override onMessage(text: string | null): void {
        this.app.note(`second ${text}`)
      }
    }
    class First extends Placed {
      override onOpen(): void {
        super.onOpen()
        this.upgrade(frames(), Second)
      }
    }
    const { connect, journal } = await startBehind(t, reactor, { connection: First })
    const peer = await connect()
    await peer.write(Buffer.concat([v1, frame('one'), frame('two')]))
    await journal.until('second two')
    await peer.write(frame('three'))
    await journal.until('second three')
    t.strictSame(journal.entries, [...opened, 'second one', 'second two', 'second three'])
  })

  t.test('a stop while messages wait behind the header loses none', async (t) => {
    const { connect, journal, server } = await startBehind(t, reactor)
    const peer = await connect()
    await peer.write(Buffer.concat([v2, Buffer.from('one\n')]))
    await journal.starting('open')
    const stopped = server.stop()
    await peer.closed()
    await stopped
    t.equal(journal.count('message one'), 1)
  })
})
