import { getSystemErrorMap } from 'node:util'

/** The operating system's name of an errno. */
export function errorName(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`
}
