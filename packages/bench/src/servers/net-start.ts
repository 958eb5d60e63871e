// Listens and ends, beside what `start.js` does.
import { createServer } from 'node:net'

const server = createServer((socket) => socket.pipe(socket))
server.listen({ host: '127.0.0.1', port: 0 }, () => process.exit(0))
