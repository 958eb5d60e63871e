import { readFileSync } from 'node:fs'

/** The longest abstract name, with the NUL byte that it begins with. */
const LONGEST_NAME = 108

/** A table of sockets that Linux shows, as rows of words; empty where the system does not show it. */
export function socketTable(name: 'tcp' | 'tcp6' | 'udp' | 'udp6' | 'unix'): string[][] {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/ +/))
  } catch {
    return []
  }
}

/** The path in a row of the table of Unix sockets; `@` stands for each NUL byte of an abstract name. */
export function pathOf(row: readonly string[]): string {
  return Buffer.from(row.slice(7).join(' '), 'latin1').toString()
}

/** Whether Node has filled an abstract name up with NUL bytes, as some of its versions do: then it is another name. */
export function isPadded(name: string): boolean {
  const bytes = Buffer.byteLength(name)
  const padded = `@${name.slice(1)}${'@'.repeat(Math.max(0, LONGEST_NAME - bytes))}`
  return bytes < LONGEST_NAME && socketTable('unix').some((row) => pathOf(row) === padded)
}
