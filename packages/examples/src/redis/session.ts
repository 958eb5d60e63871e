import { type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { type Address, Connection } from '@shiny/core'
import { commands } from './commands/index.js'
import type { Redis } from './redis.js'
import type { Keyspace } from './store/index.js'

const denied = resp.error(
  'DENIED the server is in protected mode, because it asks nobody for a password: it serves clients of its own machine only. ' +
    'Start it with --protected-mode no to serve others.'
)

/** Whether the peer is a process of this machine, by the loopback interface or a Unix socket. */
function isLocal({ family, host }: Address): boolean {
  return family === 'unix' || host === '::1' || host.startsWith('127.')
}

/** One client. */
export class Session extends Connection<RespCommand, RespReply, Redis> {
  readonly redis: Redis = this.app
  readonly keyspace: Keyspace = this.app.keyspace
  readonly openedAt: number = Date.now()
  /** The version of RESP that replies are sent in. */
  protocol: 2 | 3 = 2
  /** What the client said of itself by HELLO or CLIENT. */
  name = ''
  libName = ''
  libVersion = ''

  override onOpen(): void {
    this.redis.connectionsReceived++
    if (this.redis.settings.isProtected && !isLocal(this.remote)) this.end(denied)
  }

  override onMessage(command: RespCommand): void | Promise<void> {
    return commands.run(this, command)
  }
}
