/**
 * A room to talk in: each line goes to everybody else. Shows what connections share, and what bounds a stranger.
 *
 *     node packages/examples/dist/chat.js --port 9996
 *     nc 127.0.0.1 9996                                  # in two terminals; try /nick, /who and /quit
 */
import { line } from '@shiny/codecs'
import { Server } from '@shiny/core'
import { Chatter } from './chat/chatter.js'
import { Room } from './chat/room.js'
import { listenFlag, numberFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { fail, places, reportFaults, run } from './command-line/program.js'

const { port, host, listen, idle, ...flags } = readFlags('chat', 'A room to talk in, line by line.', {
  port: portFlag(9996, 'TCP port to listen on; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
  listen: listenFlag(),
  idle: numberFlag(600, 0, 'close a connection on which nothing happens for so many seconds; 0 for never'),
  'max-line': numberFlag(1000, 1, 'longest line in bytes; a longer one is refused, and the chat goes on'),
  'max-members': numberFlag(1000, 1, 'connections at the most; one more is told so and closed'),
  'max-queued': numberFlag(1_048_576, 1, 'cut a member who leaves more than so many bytes unread')
})

const maxQueued = flags['max-queued']
try {
  const server = new Server({
    codec: line({ maxLength: flags['max-line'], oversize: 'skip' }),
    connection: Chatter,
    app: new Room(),
    maxQueued,
    highWaterMark: Math.min(maxQueued, 65_536),
    limits: { maxConnections: flags['max-members'], refusal: '! The room is full\n' },
    // Whoever sends a line one byte a minute is not silent, but does not get far either.
    timeouts: { idle: idle * 1000, read: 60_000 }
  })
  reportFaults('chat', server)
  await run('chat', server, ...places('chat', listen, { host, port }))
} catch (error) {
  fail('chat', error)
}
