// A server of either kind, which its standard input steers.

import { numberOf, parseFlags, runCommand } from '../../command-line.js'
import { obey } from './control.js'
import { NetServer } from './net-server.js'
import type { Wishes } from './serving.js'
import { ShinyServer } from './shiny-server.js'
import { moveWallClock } from './wall-clock.js'

const flags = {
  kind: { value: 'KIND', help: 'shiny or net', default: 'shiny' },
  serve: { value: 'WHAT', help: 'echo or script', default: 'echo' },
  backpressure: { value: 'POLICY', help: 'hold or manual', default: 'hold' },
  maxQueued: { value: 'BYTES', help: 'of output that may wait for a connection', default: `${64 * 1024 * 1024}` },
  idle: { value: 'MS', help: 'timeout of a connection on which nothing happens', default: '0' },
  read: { value: 'MS', help: 'timeout of a message that does not come whole', default: '0' },
  path: { value: 'PATH', help: 'listen on a Unix socket instead of a port' }
} as const

await runCommand('server', async () => {
  const given = parseFlags(flags, process.argv.slice(2))
  const wishes = {
    ...given,
    maxQueued: numberOf('maxQueued', given.maxQueued, 0, 2 ** 40),
    idle: numberOf('idle', given.idle, 0, 1e6),
    read: numberOf('read', given.read, 0, 1e6)
  } as Wishes
  const server = given.kind === 'net' ? new NetServer(wishes) : new ShinyServer(wishes)
  const port = await server.listen(given.path === undefined ? { port: 0 } : { path: given.path })
  await obey(
    { port },
    {
      counts: () => ({ ...server.tally, live: server.live }),
      jump: (argument) => moveWallClock(Number(argument)),
      listen: async (argument) => ({ port: await server.listen({ port: Number(argument) }) }),
      stop: async (argument) => {
        await server.stop(Number(argument))
        return { ...server.tally, live: server.live }
      }
    }
  )
  return 0
})
