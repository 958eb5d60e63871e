import { readFileSync } from 'node:fs'
import { findProgram } from './programs.js'

/** Which core the server has to itself and which the load has; null when this machine cannot keep them apart. */
export interface Cores {
  readonly load: number
  readonly server: number
}

/** The cores that this process may use, from a list such as `0-3,8`. */
function parseCores(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    })
}

/** Chooses the cores: the first for the load, the second for the server. */
export function chooseCores(): Cores | null {
  if (findProgram('taskset') === null) return null
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  const [load, server] = parseCores(list ?? '')
  return load === undefined || server === undefined ? null : { load, server }
}

/** The command, bound to a core. `taskset` becomes the program, so that the process id stays the same. */
export function pinned(command: readonly string[], core: number | undefined): readonly string[] {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command]
}
