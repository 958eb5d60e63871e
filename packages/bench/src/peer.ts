import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.js'
import { type Cores, pinned } from './cores.js'

/** A server, or another program, that can be measured. */
export interface Peer {
  readonly name: string
  /** What it is, for the table. */
  readonly title: string
  /** Why it cannot run here, or null. */
  readonly absent: () => string | null
  /** How it is started; `upstreamPort` is where its upstream listens, for one that has an upstream. */
  readonly command: (port: number, upstreamPort: number) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What must run behind it. It shares the core of the load and is not measured. */
  readonly upstream?: Peer
  /** The same program of another checkout of this project; missing where the program is not ours. */
  readonly of?: (root: string) => Peer
}

/** A peer that runs. */
export interface Running {
  readonly peer: Peer
  readonly port: number
  readonly child: Child
  readonly upstream: Running | null
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

/** Waits, for ten seconds at most, until a program accepts connections. */
async function untilAccepting(child: Child, port: number): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await accepts(port))) {
    if (child.hasEnded) throw await child.failure()
    if (Date.now() > deadline) throw new Error('it did not accept connections within 10 s')
    await sleep(20)
  }
}

/** Starts a peer on the server's core, behind it on the load's core its upstream, and waits until it accepts connections. */
export async function startPeer(peer: Peer, cores: Cores | null): Promise<Running> {
  const behind = cores && { ...cores, server: cores.load }
  const upstream = peer.upstream === undefined ? null : await startPeer(peer.upstream, behind)
  try {
    const port = await freePort()
    const child = await Child.start(pinned(peer.command(port, upstream?.port ?? 0), cores?.server), peer.env)
    try {
      await untilAccepting(child, port)
    } catch (error) {
      await child.stop()
      throw error
    }
    return { peer, port, child, upstream }
  } catch (error) {
    if (upstream !== null) await stopPeer(upstream)
    throw error
  }
}

/** Stops a peer and what runs behind it. */
export async function stopPeer({ child, upstream }: Running): Promise<void> {
  await child.stop()
  if (upstream !== null) await stopPeer(upstream)
}
