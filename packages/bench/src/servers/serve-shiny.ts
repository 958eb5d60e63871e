import type { Server } from '@shiny/core'
import { runCommand } from '../command-line.js'
import { portFlag } from './port-flag.js'

/** Runs a server on the loopback address until a signal stops it. */
export async function serveShiny<In, Out>(program: string, server: Server<In, Out>): Promise<void> {
  await runCommand(program, async () => {
    await server.listen({ host: '127.0.0.1', port: portFlag(program) })
    console.log(`${program} on the ${server.reactor.kind} reactor listens on ${server.addresses.join(', ')}`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.stop({ timeout: 1000 }))
    return 0
  })
}
