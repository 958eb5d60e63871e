import { createServer, type Socket } from 'node:net'
import { runCommand } from '../command-line.js'
import { portFlag } from './port-flag.js'

/** Runs a server on node:net on the loopback address until a signal stops it. */
export async function serveNet(program: string, serve: (socket: Socket) => void): Promise<void> {
  const server = createServer({ noDelay: true }, serve)
  await runCommand(program, async () => {
    const port = portFlag(program)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port, backlog: 4096 }, resolve)
    })
    const address = server.address()
    console.log(
      `${program} listens on 127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`
    )
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0))
    return 0
  })
}
