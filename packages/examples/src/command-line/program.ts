import { type Address, inheritedSockets, type ListenOptions, type ReactorInfo, ShinyError } from '@shiny/core'

/** Where to listen: an address, or what `--listen` says. */
type Place = { readonly host: string; readonly port: number }

/** What a program needs of a server, whatever its codec. */
export interface Runnable<At = Place> {
  readonly addresses: readonly Address[]
  readonly reactor: ReactorInfo
  listen(first: At, ...others: At[]): Promise<void>
  stop(): Promise<void>
}

/** A server whose connections may fail. */
interface Fallible {
  on(event: 'connectionError', listener: (error: Error) => void): unknown
}

/** Listens, says so in one line, and stops on SIGINT or SIGTERM; the process then ends by itself, with exit code 0. */
export async function run<At = Place>(
  program: string,
  server: Runnable<At>,
  first: At,
  ...others: At[]
): Promise<void> {
  stopOnSignals(() => void server.stop())
  try {
    await server.listen(first, ...others)
  } catch (error) {
    fail(program, error)
    return
  }
  const { kind, backend } = server.reactor
  process.stdout.write(`${program}: listening on ${server.addresses.join(', ')} (${kind}, ${backend})\n`)
}

/** What `--listen` names, or `standard` when it names nothing. */
export function places(
  program: string,
  urls: readonly string[],
  standard: Place
): [ListenOptions | string, ...(ListenOptions | string)[]] {
  if (urls.length === 0) return [standard]
  const [first, ...others] = urls.flatMap<ListenOptions | string>((url) =>
    url === 'systemd' ? inheritedSockets() : [url]
  )
  if (first !== undefined) return [first, ...others]
  process.stderr.write(`${program}: systemd has handed over no socket\n`)
  process.exit(1)
}

/**
 * Says in one line why the program cannot serve. An address that makes no sense is a wrong flag: exit code 2,
 * otherwise 1.
 */
export function fail(program: string, error: unknown): void {
  if (!(error instanceof ShinyError)) throw error
  process.stderr.write(`${program}: ${error.message}\n`)
  process.exitCode = error.code === 'ERR_ADDRESS' || error.code === 'ERR_OPTION' ? 2 : 1
}

/**
 * Tells on stderr what goes wrong in a connection, unless the peer or the network did it: those do as they like, and a program
 * that logged it could be made to log without end.
 */
export function reportFaults(program: string, server: Fallible): void {
  server.on('connectionError', (error) => {
    const isTheirs = error instanceof ShinyError && (error.origin === 'decode' || error.origin === 'socket')
    if (!isTheirs) process.stderr.write(`${program}: ${error.stack ?? error.message}\n`)
  })
}

/** Calls `stop` on the first SIGINT or SIGTERM and ends the process at once on the second. */
export function stopOnSignals(stop: () => void): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      stop()
    })
  }
}
