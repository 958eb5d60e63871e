import type { ListenOptions } from '../address/address.js'

/** systemd hands descriptors over from this one on. */
const FIRST = 3
const VARIABLES = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'LISTEN_PIDFDID'] as const

/** A listening socket that was handed to this process. */
export interface InheritedSocket extends ListenOptions {
  /** Its descriptor. */
  readonly fd: number
  /** Its `FileDescriptorName=`; the name of the socket unit, where none is set; `unknown` where nobody says. */
  readonly name: string
}

/**
 * The listening sockets that systemd, or whoever speaks its protocol, started this process with: `LISTEN_FDS` of them, when
 * `LISTEN_PID` is this process; otherwise none. Their order is that of the unit file.
 *
 * Ask once, in the main thread, before there are workers or children: the variables are removed, so that no child takes the
 * sockets for its own, and a second call finds none. Node.js has made the descriptors close-on-exec when it started, and
 * `listen` does so again.
 *
 * @example
 * ```ts
 * import { bytes } from '@shiny/codecs'
 * import { Connection, inheritedSockets, Server } from '@shiny/core'
 *
 * class Sink extends Connection<Uint8Array> {
 *   override onMessage(): void {}
 * }
 *
 * const server = new Server({ codec: bytes(), connection: Sink })
 * const [first, ...others] = inheritedSockets()
 * await server.listen(first ?? { port: 9999 }, ...others)
 * ```
 */
export function inheritedSockets(): InheritedSocket[] {
  const { LISTEN_FDS: count, LISTEN_PID: pid, LISTEN_FDNAMES: names } = process.env
  for (const name of VARIABLES) delete process.env[name]
  if (pid !== String(process.pid) || count === undefined || !/^[1-9]\d{0,3}$/.test(count)) return []
  const called = names === undefined ? [] : names.split(':')
  return Array.from({ length: Number(count) }, (_, i) => ({ fd: FIRST + i, name: called[i] || 'unknown' }))
}
