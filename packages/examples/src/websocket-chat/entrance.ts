import type { HttpRequest, HttpResponse } from '@shiny/codecs'
import { type WebSocketAcceptOptions, WebSocketEntrance } from '@shiny/codecs/web-socket'
import type { Room } from '../chat/room.js'
import { Member } from './member.js'
import { pageAt } from './pages.js'

/** What all connections share. */
export interface Hall {
  readonly room: Room
  readonly origins: WebSocketAcceptOptions['origins']
}

/** Answers a browser: with the page, or by letting it in. */
export class Entrance extends WebSocketEntrance<Hall> {
  override onRequest(request: HttpRequest): HttpResponse | void {
    if (request.path !== '/chat') return pageAt(request)
    this.accept(request, Member, { origins: this.app.origins, maxMessage: 8192 })
  }
}
