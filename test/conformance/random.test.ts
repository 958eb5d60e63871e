import { line } from '@shiny/codecs'
import { type CloseReason, Connection, Server } from '@shiny/core'
import { Journal } from './driver/journal.js'
import type { Peer } from './driver/peer.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { listen } from './driver/start.js'

/** Numbers that look random and are the same each time. */
class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** An integer from 0 to `below` - 1. */
  roll(below: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return (this.#state >>> 8) % below
  }
}

class World {
  readonly dice: Dice
  readonly journal = new Journal()
  readonly wrong: string[] = []
  server!: Server<string, string, World>
  opened = 0
  closed = 0

  constructor(seed: number) {
    this.dice = new Dice(seed)
  }

  any(): Checked | undefined {
    return [...this.server.connections][this.dice.roll(this.server.connections.size || 1)] as Checked | undefined
  }
}

/** Does anything at any time, and checks that its hooks are called in order and that no message is lost or repeated. */
class Checked extends Connection<string, string, World> {
  #phase: 'new' | 'open' | 'ended' | 'closed' = 'new'
  #expected = 0
  #replies = 0
  #waiting = false
  #stopped = false

  override onOpen(): void {
    this.#in('onOpen', 'new')
    this.#phase = 'open'
    this.app.opened++
    this.#act()
  }

  override onMessage(text: string): void | Promise<void> {
    this.#in('onMessage', 'open')
    if (!this.isOpen) this.#wrong('a message after the close')
    if (this.#waiting) this.#wrong('a message while one is handled')
    if (this.#stopped) this.#wrong('a message while paused')
    if (Number(text) !== this.#expected++) this.#wrong(`message ${text} instead of ${this.#expected - 1}`)
    if (this.app.dice.roll(4) !== 0) return this.#act()
    this.#waiting = true
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#waiting = false
        if (this.app.dice.roll(60) === 0) reject(new Error('rejected'))
        else resolve()
      })
    })
  }

  override onBatchEnd(): void {
    this.#in('onBatchEnd', 'open')
    this.#act()
  }

  override onDrain(): void {
    this.#in('onDrain', 'open')
    if (this.queued > 64 * 1024) this.#wrong(`drained with ${this.queued} bytes queued`)
    this.#act()
  }

  override onWake(): void {
    this.#in('onWake', 'open')
    this.#act()
  }

  override onEnd(): void {
    this.#in('onEnd', 'open')
    this.#phase = 'ended'
    this.#act()
  }

  override onError(): void {
    this.#in('onError', 'open', 'ended')
  }

  override onClose(_reason: CloseReason): void {
    this.#in('onClose', 'open', 'ended')
    this.#phase = 'closed'
    this.app.closed++
    this.app.journal.note('close')
    this.#act()
  }

  reply(size: number): void {
    if (this.isOpen) this.send(`${this.#replies++} ${'.'.repeat(size)}`)
  }

  #act(): void {
    const { dice } = this.app
    const target = dice.roll(4) === 0 ? this.app.any() : this
    switch (dice.roll(120)) {
      case 0:
        return target?.close()
      case 1:
        return target?.destroy(dice.roll(2) === 0 ? new Error('destroyed') : undefined)
      case 2:
        throw new Error('thrown')
      case 3:
        if (this.isOpen) this.end(`${this.#replies++} last`)
        return
      case 4:
        return target?.reply(300_000)
      case 5:
        return target?.reply(1_500_000)
      case 6:
      case 7:
        return target?.hold()
      case 8:
        for (const other of this.app.server.connections) (other as Checked).reply(10)
        return
      case 9:
      case 10:
        return target?.wake()
      default:
        target?.reply(dice.roll(200))
    }
  }

  /** Pauses for some turns. */
  hold(): void {
    if (!this.isOpen || this.#stopped) return
    this.pause()
    this.#stopped = true
    setImmediate(() => {
      this.#stopped = false
      this.resume()
    })
  }

  #in(hook: string, ...phases: string[]): void {
    if (!phases.includes(this.#phase)) this.#wrong(`${hook} when ${this.#phase}`)
  }

  #wrong(what: string): void {
    this.app.wrong.push(`connection ${this.id}: ${what}`)
  }
}

overReactors((t, reactor) => {
  for (const seed of [1, 2, 3, 4, 102, 115, 198, 201]) {
    t.test(`anything at any time, seed ${seed}`, { timeout: 60_000 }, async (t) => {
      const world = new World(seed)
      world.server = new Server({ codec: line(), connection: Checked, app: world, reactor })
      world.server.on('connectionError', () => {})
      const { connect } = await listen(t, world.server)
      const peers = Array.from({ length: 60 }, async (_, i) => {
        const dice = new Dice(seed * 1000 + i)
        const peer = await connect({ reading: dice.roll(3) !== 0 })
        await behave(peer, dice)
        peer.read()
        const replies = (await peer.rest()).toString()
        await peer.closed()
        return inOrder(replies)
      })
      t.ok((await Promise.all(peers)).every(Boolean), 'every peer had its replies in order')
      await world.journal.when(() => world.server.connections.size === 0)
      t.strictSame(world.wrong, [])
      t.equal(world.opened, 60)
      t.equal(world.closed, 60)
    })
  }
}, everywhere)

/** Writes numbered lines, cut at any place, and ends in one way or another. */
async function behave(peer: Peer, dice: Dice): Promise<void> {
  const count = dice.roll(400)
  let text = ''
  for (let i = 0; i < count; i++) text += `${i}\n`
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + dice.roll(300)
    void peer.write(bytes.subarray(at, at + size))
    at += size
    if (dice.roll(3) === 0) await new Promise<void>((resolve) => setImmediate(resolve))
    if (dice.roll(10) === 0) peer.read()
  }
  switch (dice.roll(6)) {
    case 0:
      return peer.reset()
    case 1:
      return peer.end('not a whole line')
    default:
      return peer.end()
  }
}

/** Whether the replies are numbered from 0 on; the last one may be cut off. */
function inOrder(replies: string): boolean {
  const lines = replies.split('\n')
  lines.pop()
  return lines.every((reply, i) => reply.startsWith(`${i} `))
}
