import { type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { Server } from '@shiny/core'
import { commands } from './commands/index.js'
import { LARGEST_REPLY, LONGEST_STRING } from './limits.js'
import { Redis } from './redis.js'
import { Session } from './session.js'

/** A server that speaks Redis's protocol, with one database in memory. */
export class RedisServer extends Server<RespCommand, RespReply, Redis> {
  constructor() {
    const redis = new Redis(commands)
    const codec = resp({ names: commands.names, maxBulk: LONGEST_STRING })
    super({ codec, connection: Session, app: redis, maxQueued: LARGEST_REPLY })
    redis.attach(this)
  }
}
