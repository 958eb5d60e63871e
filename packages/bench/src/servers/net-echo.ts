import { serveNet } from './serve-net.js'

await serveNet('net-echo', (socket) => {
  // The chunk goes back as it came, without a copy, and reading waits while the peer does not read.
  socket.on('data', (chunk) => {
    if (!socket.write(chunk)) socket.pause()
  })
  socket.on('drain', () => socket.resume())
  socket.on('error', () => socket.destroy())
})
