import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { serveNet } from './serve-net.js'

// The package has no types.
const split = createRequire(import.meta.url)('split2') as () => Duplex

/** Sends back each line. All answers to what came in one chunk leave together. */
function echoLines(socket: Socket): void {
  const lines = split()
  let isCorked = false
  const uncork = () => {
    isCorked = false
    socket.uncork()
  }
  lines.on('data', (line: string) => {
    if (!isCorked) {
      isCorked = true
      socket.cork()
      process.nextTick(uncork)
    }
    socket.write(`${line}\n`)
  })
  socket.pipe(lines)
  socket.on('error', () => socket.destroy())
}

await serveNet('net-line', echoLines)
