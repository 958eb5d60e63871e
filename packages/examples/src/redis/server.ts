import { type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { Server } from '@shiny/core'
import { commands } from './commands/index.js'
import { LARGEST_REPLY, LONGEST_STRING, LONGEST_TIMEOUT } from './limits.js'
import { Redis, type Settings } from './redis.js'
import { Session } from './session.js'

const TOO_MANY_CLIENTS = '-ERR max number of clients reached\r\n'

/** A server that speaks Redis's protocol, with one database in memory. */
export class RedisServer extends Server<RespCommand, RespReply, Redis> {
  constructor(settings: Settings) {
    const redis = new Redis(commands, settings)
    const codec = resp({ names: commands.names, maxBulk: LONGEST_STRING })
    const limits = { maxConnections: settings.maxClients, refusal: TOO_MANY_CLIENTS }
    const timeouts = { idle: Math.min(settings.timeout * 1000, LONGEST_TIMEOUT) }
    super({ codec, connection: Session, app: redis, maxQueued: LARGEST_REPLY, limits, timeouts })
    redis.attach(this)
  }
}
