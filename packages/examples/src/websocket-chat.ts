/**
 * A chat in the browser: a page over HTTP and WebSockets beside it, on one port.
 *
 *     node packages/examples/dist/websocket-chat.js --port 8080
 *     open http://127.0.0.1:8080 in two windows
 */
import { listenFlag, numberFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { fail, places, reportFaults, run } from './command-line/program.js'
import { ChatServer } from './websocket-chat/server.js'

const { port, host, listen, idle, ...flags } = readFlags('websocket-chat', 'A chat in the browser, by WebSocket.', {
  port: portFlag(8080, 'TCP port to listen on; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
  listen: listenFlag(),
  origins: textFlag('same', 'same|any|URL[,URL]', 'pages of which origins may join'),
  idle: numberFlag(60, 1, 'ask who is silent for so many seconds whether it is still there'),
  'max-members': numberFlag(1000, 1, 'connections at the most')
})

try {
  const server = new ChatServer({ origins: flags.origins, idle: idle * 1000, maxMembers: flags['max-members'] })
  reportFaults('websocket-chat', server)
  await run('websocket-chat', server, ...places('websocket-chat', listen, { host, port }))
} catch (error) {
  fail('websocket-chat', error)
}
