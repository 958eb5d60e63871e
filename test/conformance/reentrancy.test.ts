import { line } from '@shiny/codecs'
import { type CloseReason, Connection, Server } from '@shiny/core'
import { frames } from './driver/frames.js'
import { Journal } from './driver/journal.js'
import { overReactors } from './driver/reactors.js'
import { listen } from './driver/start.js'

type Act = (connection: Acting) => void

/** What the connections of a test share: what to do in which hook, once. */
class Plan extends Journal {
  hook = ''
  act: Act | null = null
  sibling: Acting | null = null
  stop: () => void = () => {};

  in(hook: string, connection: Acting): void {
    this.note(hook)
    if (hook !== this.hook || connection === this.sibling) return
    const { act } = this
    this.act = null
    act?.(connection)
  }
}

/** Leads to each of its hooks, and does there what the plan says. */
class Acting extends Connection<string, string, Plan> {
  override onOpen(): void {
    this.app.in('onOpen', this)
  }
  override onMessage(text: string): void {
    this.app.in('onMessage', this)
    if (text === 'onWake') this.wake()
    else if (text === 'onDrain') this.send('x'.repeat(128 * 1024))
    else if (text === 'onError') this.destroy(new Error('asked for'))
    else if (this.isOpen) this.send(text)
  }
  override onBatchEnd(): void {
    this.app.in('onBatchEnd', this)
  }
  override onDrain(): void {
    this.app.in('onDrain', this)
  }
  override onEnd(): void {
    this.app.in('onEnd', this)
  }
  override onWake(): void {
    this.app.in('onWake', this)
  }
  override onError(): void {
    this.app.in('onError', this)
  }
  override onClose(_reason: CloseReason): void {
    this.app.note(this === this.app.sibling ? 'sibling closed' : 'closed')
    this.app.in('onClose', this)
  }
}

class Next extends Connection<string | null, string | null, Plan> {
  override onMessage(): void {}
  override onClose(): void {
    this.app.note('closed')
  }
}

const hooks = ['onOpen', 'onMessage', 'onBatchEnd', 'onDrain', 'onEnd', 'onWake', 'onError', 'onClose']

const actions: Record<string, Act> = {
  send: (connection) => void connection.send('more'),
  end: (connection) => connection.end('last'),
  halfClose: (connection) => connection.halfClose(),
  close: (connection) => connection.close(),
  destroy: (connection) => connection.destroy(),
  'destroy with an error': (connection) => connection.destroy(new Error('destroyed')),
  'pause and resume': (connection) => {
    connection.pause()
    connection.resume()
  },
  wake: (connection) => connection.wake(),
  waker: (connection) => connection.waker().wake(),
  setLimits: (connection) => connection.setLimits({ highWaterMark: 1000 }),
  upgrade: (connection) => void connection.upgrade(frames(), Next, { leftover: 'drop' }),
  'close a sibling': (connection) => connection.app.sibling?.close(),
  'destroy a sibling': (connection) => connection.app.sibling?.destroy(),
  stop: (connection) => connection.app.stop(),
  throw: () => {
    throw new Error('thrown')
  }
}

overReactors((t, reactor) => {
  for (const hook of hooks) {
    t.test(`every action in ${hook}: one close, and nobody else is harmed`, async (t) => {
      for (const [name, act] of Object.entries(actions)) {
        const plan = new Plan()
        const server = new Server({ codec: line(), connection: Acting, app: plan, reactor })
        server.on('connectionError', () => {})
        plan.stop = () => void server.stop({ timeout: 0 })
        const { connect } = await listen(t, server)
        const bystander = await connect()
        await plan.until('onOpen')
        plan.sibling = [...server.connections][0] as unknown as Acting
        plan.hook = hook
        plan.act = act
        const peer = await connect()
        peer.end(hook === 'onOpen' ? '' : `${hook}\n`)
        await plan.until('closed')
        t.equal(plan.act, null, `${name} was done`)
        if (name.endsWith('sibling')) {
          await bystander.closed()
          await plan.until('sibling closed')
        } else if (name !== 'stop') {
          await bystander.write('still there?\n')
          t.equal(await bystander.line(), 'still there?', name)
        }
        await server.stop({ timeout: 0 })
        t.equal(server.connections.size, 0, name)
        t.equal(plan.count('closed'), 1, name)
        t.equal(plan.count('sibling closed'), 1, name)
      }
    })
  }

  t.test('a hundred thousand calls on closed connections reach nobody', async (t) => {
    const plan = new Plan()
    const server = new Server({ codec: line(), connection: Acting, app: plan, reactor })
    const { connect } = await listen(t, server)
    const old: Acting[] = []
    server.on('connection', (connection) => void old.push(connection as unknown as Acting))
    for (let i = 1; i <= 20; i++) {
      ;(await connect()).end()
      await plan.until('closed', i)
    }
    const closed = old.splice(0)
    const peers = await Promise.all(closed.map(() => connect()))
    await plan.until('onOpen', 40)
    plan.entries.length = 0
    for (let i = 0; i < 100_000; i++) {
      const connection = closed[i % closed.length] as Acting
      if (i % 3 === 0) connection.wake(i)
      else if (i % 3 === 1) connection.close()
      else if (i % 999 === 2) t.throws(() => connection.send('x'), { code: 'ERR_CLOSED' })
      else connection.destroy()
    }
    for (const peer of peers) await peer.write('hello\n')
    for (const peer of peers) t.equal(await peer.line(), 'hello')
    t.equal(plan.count('onWake') + plan.count('closed') + plan.count('onError'), 0)
    t.equal(server.connections.size, 20)
  })
})
