import { type Address, type ReactorInfo, ShinyError } from '@shiny/core'

/** What a program needs of a server, whatever its codec. */
export interface Runnable {
  readonly addresses: readonly Address[]
  readonly reactor: ReactorInfo
  listen(where: { host: string; port: number }): Promise<void>
  stop(): Promise<void>
}

/** Listens, says so in one line, and stops on SIGINT or SIGTERM; the process then ends by itself, with exit code 0. */
export async function run(program: string, server: Runnable, where: { host: string; port: number }): Promise<void> {
  stopOnSignals(() => void server.stop())
  try {
    await server.listen(where)
  } catch (error) {
    fail(program, error)
    return
  }
  const { kind, backend } = server.reactor
  process.stdout.write(`${program}: listening on ${server.addresses.join(', ')} (${kind}, ${backend})\n`)
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
