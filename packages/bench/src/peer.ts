import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.js'
import { pinned } from './cores.js'

/** A server that can be measured. */
export interface Peer {
  readonly name: string
  /** What it is, for the table. */
  readonly title: string
  /** Why it cannot run here, or null. */
  readonly absent: () => string | null
  readonly command: (port: number) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A peer that runs. */
export interface Running {
  readonly peer: Peer
  readonly port: number
  readonly child: Child
}

/** A port of the loopback address that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Whether something accepts connections on a port. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => socket.destroy()).once('error', () => {})
    socket.once('close', (failed) => resolve(!failed))
  })
}

/** Starts a peer and waits, for ten seconds at most, until it accepts connections. */
export async function startPeer(peer: Peer, core: number | undefined): Promise<Running> {
  const port = await freePort()
  const child = await Child.start(pinned(peer.command(port), core), peer.env)
  const deadline = Date.now() + 10_000
  while (!(await accepts(port))) {
    if (child.hasEnded) throw await child.failure()
    if (Date.now() > deadline) {
      await child.stop()
      throw new Error('it did not accept connections within 10 s')
    }
    await sleep(20)
  }
  return { peer, port, child }
}
