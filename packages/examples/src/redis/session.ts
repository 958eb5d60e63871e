import type { RespCommand, RespReply } from '@shiny/codecs'
import { Connection } from '@shiny/core'
import { commands } from './commands/index.js'
import { unknownCommand } from './commands/unknown.js'
import type { Redis } from './redis.js'
import { wrongArity } from './replies.js'
import type { Keyspace } from './store/index.js'

const { rows } = commands

/** One client: looks its commands up and runs them. */
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
  }

  override onMessage(command: RespCommand): void {
    const { token, length } = command
    const row = token >= 0 ? rows[token] : commands.find(command.name)
    if (row === undefined) {
      this.send(unknownCommand(command))
      return
    }
    if (row.arity >= 0 ? length !== row.arity : length < -row.arity) {
      this.send(wrongArity(row.name.toLowerCase()))
      return
    }
    this.redis.commandsProcessed++
    row.run(this, command)
  }
}
