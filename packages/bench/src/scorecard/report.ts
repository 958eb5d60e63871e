import { readFileSync } from 'node:fs'
import { type Machine, renderMachine } from '../machine.js'
import { layOut } from '../table.js'
import type { Result } from './run.js'

/** What a figure was measured on, beside the machine. */
export interface Circumstances {
  readonly seed: number
  readonly quick: boolean
  readonly backend: string
  readonly descriptorLimit: number
}

/** How many descriptors a process may have. */
export function descriptorLimit(): number {
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
}

/** The first lines: where, on what and with which seed. */
export function renderHeader(machine: Machine, { seed, quick, backend, descriptorLimit }: Circumstances): string {
  const size = quick ? 'a quick run: small sizes, not the figures to quote' : 'a full run'
  return `${renderMachine(machine)}back end ${backend}, at most ${descriptorLimit} descriptors, seed ${seed}; ${size}\n`
}

/** One line for a row that has just been measured. */
export function renderLine({ name, verdict, text, seconds }: Result): string {
  return `${verdict === 'skipped' ? '' : `${verdict}: `}${name}: ${text} (${seconds} s)`
}

/** The table, three lines for a row so that it fits a terminal, and how many rows passed. */
export function renderTable(results: readonly Result[]): string {
  const lines = results.flatMap(({ name, bar, verdict, text, net, seconds }) => [
    [verdict, name, 'measured', text],
    ['', `${seconds} s`, 'bar', bar],
    ...(net === null ? [] : [['', '', 'node:net', net.text]])
  ])
  const count = (wanted: Result['verdict']) => results.filter(({ verdict }) => verdict === wanted).length
  return `${layOut(lines, 4)}\n\n${count('pass')} passed, ${count('FAIL')} failed, ${count('skipped')} skipped\n`
}
