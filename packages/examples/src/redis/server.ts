import { type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { Server } from '@shiny/core'
import { commands } from './commands/index.js'
import { Redis } from './redis.js'
import { Session } from './session.js'

/** The largest reply, in bytes. Redis has no limit here; what waits for a client that does not read is bounded all the same. */
const LARGEST_REPLY = 2 ** 30

/** A server that speaks Redis's protocol, with one database in memory. */
export class RedisServer extends Server<RespCommand, RespReply, Redis> {
  constructor() {
    const redis = new Redis(commands)
    super({ codec: resp({ names: commands.names }), connection: Session, app: redis, maxQueued: LARGEST_REPLY })
    redis.attach(this)
  }
}
