import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { line } from '@shiny/codecs'
import { type Address, Server } from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './driver/journal.js'
import { type Handler, Life, Lines, type World } from './driver/model.js'
import { Peer } from './driver/peer.js'
import { overReactors, type ReactorKind } from './driver/reactors.js'
import { loopback } from './driver/start.js'

/** How long each reactor is tried, in milliseconds, and how many connections and steps a sequence has. */
const BUDGET = Number(process.env.SHINY_BUDGET ?? 6000)
const CONNECTIONS = 3
const STEPS = 40
/** How long a sequence may take to end, in milliseconds, before it counts as stuck. */
const PATIENCE = 8000

/** The order of hooks: nothing follows the close, and an error is the last word before it. */
const GRAMMAR = /^o[mwdu]*(e[wd]*)?x?c$/

const seed = Number(process.env.SHINY_SEED ?? Math.floor(Math.random() * 2 ** 31))

type Choose = (most: number) => number

/** What either side may do, by name; each is tried on connections in any state. */
const actions: Record<string, (life: Life, world: World, choose: Choose) => void> = {
  ask: (life, _, choose) => {
    for (let i = choose(4); i >= 0; i--) life.ask(`question ${life.asked.length}`)
  },
  'ask much': (life, _, choose) => life.ask('x'.repeat(1000 * (1 + choose(60)))),
  upgrade: (life) => life.ask('go'),
  'peer ends': (life) => {
    life.peerEnded = true
    life.peer.end()
  },
  'peer resets': (life) => {
    const { socket } = life.peer
    // Node would lose the descriptor of a socket that is just about to end.
    if (socket.writableEnded && !socket.writableFinished) return
    life.peerEnded = life.cut = life.broken = true
    life.peer.reset()
  },
  'peer stops reading': (life) => void life.peer.socket.pause(),
  'peer reads': (life) => life.peer.read(),
  answer: (life, _, choose) => inside(life, (connection) => connection.answer(`answer ${choose(1000)}`)),
  'answer much': (life, _, choose) => inside(life, (connection) => connection.answer('y'.repeat(1000 * choose(200)))),
  pause: (life) => inside(life, (connection) => connection.pause()),
  resume: (life) => life.handler?.resume(),
  end: (life) => inside(life, (connection) => cutting(connection).end()),
  close: (life) => cutting(life.handler)?.close(),
  halfClose: (life) => inside(life, (connection) => connection.halfClose()),
  destroy: (life) => {
    life.cut = life.broken = true
    life.handler?.destroy()
  },
  throw: (life) =>
    inside(life, (connection) => {
      cutting(connection)
      throw new Error('thrown')
    }),
  'close a sibling': (life, world, choose) =>
    inside(life, () => cutting(world.lives[choose(world.lives.length)]?.handler ?? null)?.close()),
  stop: (_, world, choose) => {
    if (choose(4) !== 0) return
    for (const life of world.lives) life.cut = true
    void world.server?.stop()
  }
}

overReactors((t, reactor) => {
  t.test(`random lives follow the model, SHINY_SEED=${seed}`, { timeout: BUDGET + 54_000 }, async (t) => {
    const until = performance.now() + BUDGET
    await live(t, reactor, seed)
    // What a process opens once is open now.
    const before = descriptors()
    let sequences = 0
    for (; performance.now() < until || sequences === 0; sequences++) {
      if (!(await live(t, reactor, seed + sequences))) break
    }
    t.comment(`${sequences} sequences`)
    for (let i = 0; i < 100 && descriptors() > before; i++) await turn()
    t.ok(descriptors() <= before, `no descriptor is left: ${descriptors()} after ${before}`)
  })
})

/** One sequence; false when it went wrong. */
async function live(t: Test, reactor: ReactorKind, seed: number): Promise<boolean> {
  const choose = chooser(seed)
  const world: World = { journal: new Journal(), lives: [], server: null, accepted: 0 }
  const server = new Server({
    codec: line(),
    connection: Lines,
    app: world,
    reactor,
    allowHalfOpen: choose(2) === 0,
    backpressure: choose(2) === 0 ? 'hold' : 'manual'
  })
  world.server = server
  server.on('connectionError', () => {})
  await server.listen(loopback)
  const steps = await perform(world, server, choose)
  const late = AbortSignal.timeout(PATIENCE)
  await Promise.race([finish(world, server), once(late, 'abort')])
  for (const life of world.lives) life.peer.socket.destroy()
  const wrong = world.lives.flatMap((life, i) => judge(life).map((what) => `connection ${i}: ${what}`))
  if (server.connections.size > 0) wrong.push(`${server.connections.size} connections are left`)
  if (wrong.length === 0) return true
  t.fail(`SHINY_SEED=${seed}`, { wrong, steps: steps.join(', ') })
  await server.stop({ timeout: 0 })
  return false
}

/** Makes the connections, and lets them have a random life. */
async function perform(world: World, server: Server<string, string, World>, choose: Choose): Promise<string[]> {
  for (let i = 1; i <= CONNECTIONS; i++) {
    const life = new Life()
    world.lives.push(life)
    life.peer = await Peer.connect(server.addresses[0] as Address)
    await world.journal.until('o', i)
  }
  const names = Object.keys(actions)
  const steps: string[] = []
  for (let i = choose(STEPS); i >= 0; i--) {
    const name = names[choose(names.length)] as string
    const index = choose(world.lives.length)
    steps.push(`${name} ${index}`)
    actions[name]?.(world.lives[index] as Life, world, choose)
    for (let turns = choose(3); turns > 0; turns--) await turn()
  }
  return steps
}

/** Lets everything that still can end well. */
async function finish(world: World, server: Server<string, string, World>): Promise<void> {
  // What they were woken for comes first.
  for (let i = 0; i < 4; i++) await turn()
  for (const life of world.lives) {
    life.peer.read()
    life.handler?.resume()
    if (!life.peerEnded) life.peer.end()
  }
  // A stop answers only what has arrived, so that those that nobody cut come first.
  await world.journal.when(() => world.lives.every((life) => life.cut || /[ec]/.test(life.trace)))
  await server.stop({ timeout: 10_000 })
  await Promise.all(world.lives.map((life) => (life.broken ? null : life.peer.closed())))
}

/** What is wrong with a life that is over. */
function judge(life: Life): string[] {
  const wrong: string[] = []
  if (!GRAMMAR.test(life.trace)) wrong.push(`hooks ${life.trace}`)
  const { asked, delivered } = life
  if (delivered.some((text, i) => text !== asked[i])) wrong.push(`delivered ${delivered}, asked ${asked}`)
  if (!life.cut && delivered.length !== asked.length)
    wrong.push(`${delivered.length} of ${asked.length} messages, ${life.trace}`)
  if (!life.cut && !/e[wd]*c$/.test(life.trace)) wrong.push(`no end was told: ${life.trace}`)
  if (life.reason?.by === 'error' && !life.cut) wrong.push(`failed: ${life.reason.error}`)
  const answered = Buffer.concat(life.answered)
  const got = life.peer.taken()
  if (!answered.subarray(0, got.length).equals(got)) wrong.push(`${got.length} bytes arrived that were not sent`)
  if (!life.broken && got.length !== answered.length) wrong.push(`${got.length} of ${answered.length} bytes arrived`)
  return wrong
}

/** Does something in the connection's own onWake. */
function inside(life: Life, work: (connection: Handler) => void): void {
  life.handler?.wake(work)
}

/** This side is about to close it. */
function cutting<H extends Handler | null>(connection: H): H {
  if (connection !== null) connection.life.cut = true
  return connection
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

/** Numbers from 0 below what is asked for, always the same for a seed (mulberry32). */
function chooser(seed: number): Choose {
  let state = seed
  return (most) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most
  }
}
