import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { paths } from './paths.js'
import type { Peer } from './peer.js'
import { cPrograms, findProgram } from './programs.js'

const always = () => null
const native = { SHINY_REACTOR: 'native' }

/** The folder of the server programs in a checkout of this project. */
function serversIn(root: string): string {
  return join(root, 'packages', 'bench', 'dist', 'servers')
}

/** A server program of this package, run by this Node. */
function program(name: string, title: string, base: string, more: Partial<Peer> = {}, root = paths.root): Peer {
  const file = join(serversIn(root), `${base}.js`)
  return {
    name,
    title,
    absent: () => (existsSync(file) ? null : `there is no ${base} server in this revision`),
    command: (port, upstreamPort) => {
      const upstream = more.upstream === undefined ? [] : ['--upstream', `${upstreamPort}`]
      return [process.execPath, file, '--port', `${port}`, ...upstream]
    },
    ...more
  }
}

/** A server of shiny: of this checkout, and of any other one. A missing binary is an error, not a slower figure. */
function ours(name: string, title: string, base: string, more: Partial<Peer> = {}): Peer {
  const complete = { ...more, env: { ...native, ...more.env } }
  return program(name, title, base, { ...complete, of: (root) => program(name, title, base, complete, root) })
}

/** A program that may or may not be installed. */
function installed(name: string, title: string, command: string, args: (port: number) => readonly string[]): Peer {
  return {
    name,
    title,
    absent: () => (findProgram(command) === null ? `${command} is not installed` : null),
    command: (port) => [findProgram(command) ?? command, ...args(port)]
  }
}

/** A floor in C. */
function floorOf(name: string, title: string, file: string): Peer {
  return { name, title, absent: always, command: (port) => [file, '--port', `${port}`] }
}

const floor = floorOf('floor', 'C on epoll, the floor', cPrograms.floor)

const haproxy: Peer = {
  ...installed('haproxy', 'haproxy, mode tcp', 'haproxy', () => []),
  upstream: floor,
  // haproxy takes the ports from its environment, and `env` becomes haproxy, so that the process id stays the same.
  command: (port, upstreamPort) => [
    ...['env', `PORT=${port}`, `UPSTREAM=${upstreamPort}`],
    ...[findProgram('haproxy') ?? 'haproxy', '-db', '-q', '-f', join(paths.native, 'haproxy.cfg')]
  ]
}

/** All peers that scenarios name. */
export const peers = {
  floor,
  shiny: ours('shiny', 'shiny, bytes()', 'raw-echo'),
  nested: ours('nested', 'shiny, nested loop', 'raw-echo', { env: { SHINY_HOST_LOOP: 'nested' } }),
  line: ours('line', 'shiny, line()', 'line-echo'),
  workers1: ours('workers1', 'shiny, 1 worker', 'workers-echo', { env: { SHINY_WORKERS: '1' } }),
  workers2: ours('workers2', 'shiny, 2 workers', 'workers-echo', { env: { SHINY_WORKERS: '2' } }),
  handover2: ours('handover2', 'shiny, 2 workers, handed over', 'workers-echo', {
    env: { SHINY_WORKERS: '2', SHINY_BALANCE: 'handover' }
  }),
  net: program('net', 'node:net', 'net-echo'),
  netLine: program('netLine', 'node:net and split2', 'net-line'),
  bun: installed('bun', 'Bun.listen', 'bun', (port) => [
    ...[join(serversIn(paths.root), 'bun-echo.js'), '--port', `${port}`]
  ]),
  respFloor: floorOf('respFloor', 'C, fixed replies', cPrograms.respFloor),
  redis: installed('redis', 'redis-server', 'redis-server', (port) => [
    ...['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  ]),
  resp: ours('resp', 'shiny, resp()', 'resp'),
  haproxy,
  proxy: ours('proxy', 'shiny, the proxy example', 'proxy', { upstream: floor }),
  bare: {
    name: 'bare',
    title: 'node -e 0',
    absent: always,
    command: () => [process.execPath, '-e', '0']
  },
  start: ours('start', 'shiny, listening', 'start'),
  netStart: program('netStart', 'node:net, listening', 'net-start')
} as const satisfies Record<string, Peer>

/** The name of a peer. */
export type PeerName = keyof typeof peers
