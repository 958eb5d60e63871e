import { runCommand } from '../command-line.js'
import { portFlag } from './port-flag.js'

/** As much of Bun's interface as is used here. */
interface BunSocket {
  data: Uint8Array | null
  write(chunk: Uint8Array): number
}
interface BunHandlers {
  open(socket: BunSocket): void
  data(socket: BunSocket, chunk: Uint8Array): void
  drain(socket: BunSocket): void
}
interface BunRuntime {
  listen(options: { hostname: string; port: number; socket: BunHandlers }): { port: number }
}

/** Sends a chunk and keeps a copy of what the socket did not take. */
function send(socket: BunSocket, chunk: Uint8Array): void {
  const sent = Math.max(0, socket.write(chunk))
  socket.data = sent < chunk.length ? chunk.slice(sent) : null
}

await runCommand('bun-echo', async () => {
  const { Bun } = globalThis as { Bun?: BunRuntime }
  if (Bun === undefined) throw new Error('this program runs under bun')
  const { port } = Bun.listen({
    hostname: '127.0.0.1',
    port: portFlag('bun-echo'),
    socket: {
      open: (socket) => {
        socket.data = null
      },
      data: (socket, chunk) => {
        if (socket.data === null) send(socket, chunk)
        else socket.data = Buffer.concat([socket.data, chunk])
      },
      drain: (socket) => {
        if (socket.data !== null) send(socket, socket.data)
      }
    }
  })
  console.log(`bun-echo listens on 127.0.0.1:${port}`)
  return 0
})
