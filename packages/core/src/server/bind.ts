import type { ListenOptions } from '../address/address.js'
import { ShinyError } from '../errors/index.js'
import type { Acceptor, Listener, ListenSpec, Reactor } from '../reactor/contract.js'
import { resolveAll } from './lookup.js'

/** How often a port is chosen that must be free on several addresses. */
const ATTEMPTS = 10

/** Listens on what the options name: one socket, or one for each address of a host's name. All of them listen, or none. */
export async function bind(options: ListenOptions, reactor: Reactor, acceptor: Acceptor): Promise<Listener[]> {
  const specs = await resolveAll(options)
  for (let attempt = 1; ; attempt++) {
    const listeners: Listener[] = []
    try {
      await bindEach(specs, reactor, acceptor, listeners)
      return listeners
    } catch (error) {
      for (const listener of listeners) listener.close()
      // The port that the system chose for the first address may be taken on another.
      const again = listeners.length > 0 && options.port === 0 && codeOf(error) === 'ERR_ADDRESS_IN_USE'
      if (!again || attempt === ATTEMPTS) throw error
    }
  }
}

/** An address of a name that this machine does not have, as `::1` without IPv6, is passed over while there is another. */
async function bindEach(specs: ListenSpec[], reactor: Reactor, acceptor: Acceptor, done: Listener[]): Promise<void> {
  let missing: unknown
  for (const spec of specs) {
    const port = done[0]?.address.port ?? spec.port
    try {
      done.push(await reactor.listen({ ...spec, port }, acceptor))
    } catch (error) {
      if (specs.length === 1 || !isMissing(error)) throw error
      missing ??= error
    }
  }
  if (done.length === 0) throw missing
}

function isMissing(error: unknown): boolean {
  const errno = error instanceof ShinyError ? error.errno : undefined
  return errno === 'EADDRNOTAVAIL' || errno === 'EAFNOSUPPORT'
}

function codeOf(error: unknown): string | undefined {
  return error instanceof ShinyError ? error.code : undefined
}
