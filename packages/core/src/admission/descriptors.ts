import { readFileSync } from 'node:fs'

/** Descriptors that are left for what is no connection: listeners, files, the loop, other sockets. */
export const RESERVED = 32

/** How many descriptors the process may have open, or null where it cannot be known. */
export function descriptorLimit(): number | null {
  const soft = process.platform === 'linux' ? fromProc() : fromReport()
  return typeof soft === 'number' && Number.isFinite(soft) ? soft : null
}

function fromProc(): number | null {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return limit === undefined ? null : Number(limit)
  } catch {
    return null
  }
}

/** A report takes some milliseconds, and is made once for a server. */
function fromReport(): unknown {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { soft?: unknown } } } | undefined
  return report?.userLimits?.open_files?.soft
}
