import { line } from '@shiny/codecs'
import { Server } from '@shiny/core'
import { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { listen } from './driver/start.js'

class Ticking extends Server<string, string, Journal> {
  protected override onTick(): void {
    this.app.note('tick')
  }
}

class Echo extends Noted {
  override onMessage(text: string): void {
    this.send(text)
  }
}

overReactors((t, reactor) => {
  t.test('ticks at once and goes on while the server listens', async (t) => {
    const journal = new Journal()
    const server = new Ticking({ codec: line(), connection: Echo, app: journal, reactor })
    server.on('listening', () => journal.note('listening'))
    await listen(t, server)
    await journal.until('tick', 4)
    t.strictSame(journal.entries.slice(0, 3), ['listening', 'tick', 'tick'])
    await server.stop()
    const before = journal.count('tick')
    const other = new Journal()
    await listen(t, new Ticking({ codec: line(), connection: Echo, app: other, reactor }))
    await other.until('tick', 3)
    t.equal(journal.count('tick'), before, 'not after the stop')
    await server.listen({ host: '127.0.0.1', port: 0 })
    await journal.until('tick', before + 2)
    t.pass('again when it listens again')
  })

  t.test('traffic makes it tick more often', async (t) => {
    const journal = new Journal()
    const server = new Ticking({ codec: line(), connection: Echo, app: journal, reactor })
    const idle = new Journal()
    const other = new Ticking({ codec: line(), connection: Echo, app: idle, reactor })
    const { connect } = await listen(t, server)
    await listen(t, other)
    const peer = await connect()
    while (journal.count('tick') < 40) {
      await peer.write('x\n')
      await peer.line()
    }
    t.ok(idle.count('tick') < 20, `${idle.count('tick')} ticks of an idle server against 40 of a busy one`)
  })

  t.test('onTick may stop the server', async (t) => {
    const journal = new Journal()
    class Brief extends Ticking {
      protected override onTick(): void {
        super.onTick()
        if (journal.count('tick') === 2) void this.stop().then(() => journal.note('stopped'))
      }
    }
    await listen(t, new Brief({ codec: line(), connection: Echo, app: journal, reactor }))
    await journal.until('stopped')
    t.strictSame(journal.entries, ['tick', 'tick', 'stopped'])
  })

  t.test('a throw in onTick is an error of the server, and the ticks go on', async (t) => {
    const journal = new Journal()
    class Faulty extends Ticking {
      protected override onTick(): void {
        super.onTick()
        throw new Error('tick failed')
      }
    }
    const server = new Faulty({ codec: line(), connection: Echo, app: journal, reactor })
    server.on('error', (error) => journal.note(error.message))
    await listen(t, server)
    await journal.until('tick failed', 3)
    t.strictSame(journal.entries.slice(0, 4), ['tick', 'tick failed', 'tick', 'tick failed'])
  })
})
