import { type Address, type Balance, type WorkerPool, type WorkersOptions, workers } from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './journal.js'
import { Peer } from './peer.js'
import { loopback } from './start.js'

/** A pool that serves, and what it has told. */
export interface StartedPool {
  readonly pool: WorkerPool
  readonly journal: Journal
  readonly address: Address
  readonly connect: () => Promise<Peer>
}

const member = new URL('../fixtures/pool-member.js', import.meta.url)

/** Makes a pool of `fixtures/pool-member.ts`. */
export function makePool(options: Partial<WorkersOptions> = {}): Promise<WorkerPool> {
  return workers(member, { count: 2, listen: loopback, ...options }, () => {
    throw new Error('no server is made in the main thread')
  })
}

/** Starts a pool that is stopped when the test ends. */
export async function startPool(t: Test, options: Partial<WorkersOptions> = {}): Promise<StartedPool> {
  const pool = await makePool(options)
  const journal = new Journal()
  pool.on('exit', ({ index }, code) => journal.note(`exit ${index} ${code}`))
  pool.on('listening', ({ index }) => journal.note(`listening ${index}`))
  pool.on('error', (error) => journal.note(`error ${error.message}`))
  pool.on('close', () => journal.note('close'))
  const peers: Peer[] = []
  t.teardown(async () => {
    for (const peer of peers) peer.socket.destroy()
    await pool.stop({ timeout: 0 })
  })
  const address = pool.addresses[0] as Address
  const connect = async () => {
    const peer = await Peer.connect(address)
    peers.push(peer)
    return peer
  }
  return { pool, journal, address, connect }
}

/** The thread that serves a peer. */
export async function threadOf(peer: Peer): Promise<string> {
  await peer.write('who\n')
  return peer.line()
}

/** Connects until the workers that serve are `count`, and returns a peer of each by its thread. */
export async function peersOfAll(connect: () => Promise<Peer>, count: number): Promise<Map<string, Peer>> {
  const peers = new Map<string, Peer>()
  while (peers.size < count) {
    const peer = await connect()
    peers.set(await threadOf(peer), peer)
  }
  return peers
}

/** Sets a variable of the environment that workers inherit, until the test ends. */
export function setEnvironment(t: Test, name: string, value: string): void {
  const before = process.env[name]
  process.env[name] = value
  t.teardown(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
}

/** The ways of balancing that can be tried here. */
export function balances(): readonly Balance[] {
  return process.platform === 'linux' ? ['kernel', 'handover'] : ['handover']
}
