import { type HttpRequest, type HttpResponse, httpHead } from '@shiny/codecs'
import { Server, type StopOptions } from '@shiny/core'
import { Room } from '../chat/room.js'
import { Entrance, type Hall } from './entrance.js'
import { Member } from './member.js'

/** What may be told the chat. */
export interface ChatOptions {
  /** `same`, `any`, or origins with commas between them. */
  readonly origins: string
  /** In milliseconds: after so long a silent member is asked whether it is still there. */
  readonly idle: number
  readonly maxMembers: number
}

/** Pages and WebSockets on one port. */
export class ChatServer extends Server<HttpRequest, HttpResponse, Hall> {
  constructor({ origins, idle, maxMembers }: ChatOptions) {
    super({
      codec: httpHead(),
      connection: Entrance,
      app: { room: new Room(), origins: origins === 'same' || origins === 'any' ? origins : origins.split(',') },
      maxQueued: 1024 * 1024,
      limits: { maxConnections: maxMembers },
      timeouts: { handshake: 10_000, idle }
    })
  }

  /** Tells every member that it ends here, so that pages know that they may try again. */
  override stop(options?: StopOptions): Promise<void> {
    const connections: Iterable<unknown> = this.connections
    for (const connection of connections) if (connection instanceof Member) connection.endWith(1001, 'the server stops')
    return super.stop(options)
  }
}
