import { spawnSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import type { Cores } from './cores.js'
import { paths } from './paths.js'

/** Where and on what a run was made. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly redis: string | null
  /** The revision that was measured, with `+` when files had been changed since. */
  readonly revision: string | null
  /** The load average before the run: above 0 others were at work too. */
  readonly loadAverage: number
  readonly pinned: Cores | null
}

function outputOf(command: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(command, args, { cwd: paths.root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

export function describeMachine(pinned: Cores | null): Machine {
  const revision = outputOf('git', ['rev-parse', '--short', 'HEAD'])
  const changed = outputOf('git', ['status', '--porcelain', '--', 'packages'])
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    redis: /v=(\S+)/.exec(outputOf('redis-server', ['--version']) ?? '')?.[1] ?? null,
    revision: revision === null ? null : revision + (changed ? '+' : ''),
    loadAverage: loadavg()[0]!,
    pinned
  }
}

/** The machine in a line or two. */
export function renderMachine(machine: Machine): string {
  const { cpu, cores, kernel, node, redis, revision, loadAverage, pinned } = machine
  const software = [`Linux ${kernel}`, `Node ${node}`, redis && `Redis ${redis}`, revision && `revision ${revision}`]
  const binding = pinned
    ? `server on core ${pinned.server}, load on core ${pinned.load}`
    : 'server and load NOT kept apart'
  const where = `${cpu}, ${cores} cores; ${software.filter(Boolean).join(', ')}`
  return `${where}\n${binding}; load average ${loadAverage.toFixed(2)}\n`
}
