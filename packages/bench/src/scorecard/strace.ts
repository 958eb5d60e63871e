import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../child.js'
import { findProgram } from '../programs.js'
import type { Subject } from './subject.js'

/** Why system calls cannot be made to fail here, or null. */
export function cannotInject(): string | null {
  const strace = findProgram('strace')
  if (strace === null) return 'strace is not installed'
  const { status } = spawnSync(strace, ['-qq', '-o', '/dev/null', '-e', 'trace=getpid', 'true'])
  return status === 0 ? null : 'strace may not trace processes here'
}

/** Makes system calls of a subject fail, as strace's `inject=` says, until the child that it resolves to is stopped. */
export async function inject(subject: Subject, ...faults: readonly string[]): Promise<Child> {
  const calls = faults.map((fault) => fault.slice(0, fault.indexOf(':')))
  const injections = faults.flatMap((fault) => ['-e', `inject=${fault}`])
  const flags = ['-f', '-qq', '-o', '/dev/null', '-p', `${subject.pid}`, '-e', `trace=${calls.join(',')}`]
  const child = await Child.start(['strace', ...flags, ...injections])
  for (let i = 0; !/^TracerPid:\s+[1-9]/m.test(readFileSync(`/proc/${subject.pid}/status`, 'utf8')); i++) {
    if (child.hasEnded) throw await child.failure()
    if (i === 200) throw new Error('strace has not attached after 2 s')
    await sleep(10)
  }
  return child
}
