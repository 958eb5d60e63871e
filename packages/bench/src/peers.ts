import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { paths } from './paths.js'
import type { Peer } from './peer.js'
import { cPrograms, findProgram } from './programs.js'

const always = () => null

/** One of our own server programs, run by this Node. */
function ours(name: string, title: string, program: string, more: Partial<Peer> = {}): Peer {
  const file = join(paths.servers, `${program}.js`)
  return { name, title, absent: always, command: (port) => [process.execPath, file, '--port', `${port}`], ...more }
}

function needs(program: string): () => string | null {
  return () => (findProgram(program) === null ? `${program} is not installed` : null)
}

/** Whether the reactor can be told how to join Node's loop: a variant that changes nothing must not be measured. */
function hostLoopAbsent(): string | null {
  const { resolve } = createRequire(import.meta.url)
  const folders = ['@shiny/native', '@shiny/core'].map((name) => dirname(resolve(`${name}/package.json`)))
  const files = folders.flatMap((folder) =>
    ['dist', 'build/Release']
      .map((room) => join(folder, room))
      .filter((room) => existsSync(room))
      .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)))
      .filter((file) => /\.(js|node)$/.test(file))
  )
  const known = files.some((file) => readFileSync(file).includes('SHINY_HOST_LOOP'))
  return known ? null : 'this build does not know SHINY_HOST_LOOP'
}

/** All peers that scenarios name. */
export const peers = {
  floor: {
    name: 'floor',
    title: 'C on epoll, the floor',
    absent: always,
    command: (port) => [cPrograms.floor, '--port', `${port}`]
  },
  shiny: ours('shiny', 'shiny, bytes()', 'raw-echo', { env: { SHINY_REACTOR: 'native' } }),
  nested: ours('nested', 'shiny, nested loop', 'raw-echo', {
    absent: hostLoopAbsent,
    env: { SHINY_REACTOR: 'native', SHINY_HOST_LOOP: 'nested' }
  }),
  line: ours('line', 'shiny, line()', 'line-echo', { env: { SHINY_REACTOR: 'native' } }),
  workers1: ours('workers1', 'shiny, 1 worker', 'workers-echo', {
    env: { SHINY_REACTOR: 'native', SHINY_WORKERS: '1' }
  }),
  workers2: ours('workers2', 'shiny, 2 workers', 'workers-echo', {
    env: { SHINY_REACTOR: 'native', SHINY_WORKERS: '2' }
  }),
  handover2: ours('handover2', 'shiny, 2 workers, handed over', 'workers-echo', {
    env: { SHINY_REACTOR: 'native', SHINY_WORKERS: '2', SHINY_BALANCE: 'handover' }
  }),
  net: ours('net', 'node:net', 'net-echo'),
  bun: {
    name: 'bun',
    title: 'Bun.listen',
    absent: needs('bun'),
    command: (port) => [findProgram('bun') ?? 'bun', join(paths.servers, 'bun-echo.js'), '--port', `${port}`]
  },
  redis: {
    name: 'redis',
    title: 'redis-server',
    absent: needs('redis-server'),
    command: (port) => [
      ...[findProgram('redis-server') ?? 'redis-server', '--port', `${port}`, '--bind', '127.0.0.1'],
      ...['--save', '', '--appendonly', 'no']
    ]
  },
  resp: ours('resp', 'shiny, resp()', 'resp', { env: { SHINY_REACTOR: 'native' } })
} as const satisfies Record<string, Peer>

/** The name of a peer. */
export type PeerName = keyof typeof peers
