import { fstatSync } from 'node:fs'
import { Address } from '../../address/address.js'
import { pathOf, socketTable } from './socket-tables.js'

/** In the tables of /proc: the state of a TCP socket, the type and a flag of a Unix one. */
const LISTENS = '0A'
const STREAM = '0001'
const ACCEPTS = 0x10000

/**
 * Makes sure that a descriptor is a listening stream socket, since Node would close any other and make a socket listen that
 * does not. Where there is no /proc, only that it is a socket. Returns the name of the errno that speaks against it, or the
 * path of a Unix socket, `unknown` of another.
 */
export function inspectDescriptor(fd: number): Address | string {
  let inode: string
  try {
    const stat = fstatSync(fd)
    if (!stat.isSocket()) return 'ENOTSOCK'
    inode = String(stat.ino)
  } catch {
    return 'EBADF'
  }
  if (process.platform !== 'linux') return Address.unknown
  for (const table of ['tcp', 'tcp6'] as const) {
    const row = socketTable(table).find((row) => row[9] === inode)
    if (row !== undefined) return row[3] === LISTENS ? Address.unknown : 'EINVAL'
  }
  for (const table of ['udp', 'udp6'] as const)
    if (socketTable(table).some((row) => row[9] === inode)) return 'EPROTOTYPE'
  const row = socketTable('unix').find((row) => row[6] === inode)
  if (row === undefined) return 'EINVAL'
  if (row[4] !== STREAM) return 'EPROTOTYPE'
  return (Number.parseInt(row[3] as string, 16) & ACCEPTS) === 0
    ? 'EINVAL'
    : new Address('unix', pathOf(row).replace(/^@/, '\0'), 0)
}
