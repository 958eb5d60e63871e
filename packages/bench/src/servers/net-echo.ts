import { createServer } from 'node:net'
import { runCommand } from '../command-line.js'
import { portFlag } from './port-flag.js'

const server = createServer({ noDelay: true }, (socket) => {
  // The chunk goes back as it came, without a copy, and reading waits while the peer does not read.
  socket.on('data', (chunk) => {
    if (!socket.write(chunk)) socket.pause()
  })
  socket.on('drain', () => socket.resume())
  socket.on('error', () => socket.destroy())
})

await runCommand('net-echo', async () => {
  const port = portFlag('net-echo')
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, backlog: 4096 }, resolve)
  })
  const address = server.address()
  console.log(`net-echo listens on 127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0))
  return 0
})
