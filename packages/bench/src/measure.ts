import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** The sum over a process's threads of what `pick` reads from one of their files. */
function sumOverThreads(pid: number, file: string, pick: (text: string) => number): number {
  let total = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += pick(readFileSync(`/proc/${pid}/task/${task}/${file}`, 'utf8'))
    } catch (error) {
      // The thread has ended since it was listed.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  return total
}

/** CPU time that a process has used so far, in ns; exact while it sleeps, as the kernel adds up at each switch. */
export function cpuTime(pid: number): number {
  return sumOverThreads(pid, 'schedstat', (text) => Number(text.split(' ', 1)[0]))
}

/** How often the threads of a process have gone to sleep so far, which is how often they were awake. */
export function sleeps(pid: number): number {
  return sumOverThreads(pid, 'status', (text) => Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(text)?.[1]))
}

/** Resident memory of a process in bytes. smaps_rollup is exact; the counters of statm may lag behind. */
export function residentBytes(pid: number): number {
  const kilobytes = /^Rss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`the memory of process ${pid} cannot be read`)
  return Number(kilobytes) * 1024
}

/** Makes the most memory that a process has had be what it has now. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** The most resident memory of a process since {@link forgetPeak}, in bytes. */
export function peakResidentBytes(pid: number): number {
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** How many descriptors a process has open. */
export function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Why nothing can be measured on this machine, or null. */
export function cannotMeasure(): string | null {
  try {
    cpuTime(process.pid)
    return null
  } catch {
    return 'CPU time is read from /proc/PID/task/*/schedstat, which this system does not have; Linux is needed'
  }
}
