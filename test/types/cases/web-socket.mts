// WebSockets: what a message is, what may be sent, and that the app is there which a class needs.

import { type HttpRequest, type HttpResponse, httpHead, type WebSocketMessage, webSocket } from '@shiny/codecs'
import { connectWebSocket, WebSocketConnection, WebSocketEntrance } from '@shiny/codecs/web-socket'
import { Connection, Server } from '@shiny/core'

interface Room {
  readonly members: Set<string>
}
interface Hall extends Room {
  readonly doors: number
}

class Chat extends WebSocketConnection<Room> {
  override onText(text: string): void {
    this.app.members.add(text)
    this.send('text')
    this.send(new Uint8Array(1))
    this.send({ type: 'ping' })
    this.end({ type: 'close', code: 1000 })
    // @ts-expect-error: Argument of type 'number' is not assignable
    this.send(1)
    // @ts-expect-error: Type '"fragment"' is not assignable to type
    this.send({ type: 'fragment', data: text })
  }
}
class Free extends WebSocketConnection {}
class NeedsHall extends WebSocketConnection<Hall> {}
class Lines extends Connection<string> {
  override onMessage(): void {}
}

class Entrance extends WebSocketEntrance<Room> {
  override onRequest(request: HttpRequest): HttpResponse | void {
    const chat: Chat | null = this.accept(request, Chat, { origins: 'any', protocols: ['a'], maxMessage: 1 })
    void chat
    this.accept(request, Free)
    // @ts-expect-error: the next handler needs an app of type
    this.accept(request, NeedsHall)
    // @ts-expect-error: is not assignable to parameter of type
    this.accept(request, Lines)
    // @ts-expect-error: Type '"some"' is not assignable to type
    this.accept(request, Chat, { origins: 'some' })
    return { status: 200 }
  }
}

new Server({ codec: httpHead(), connection: Entrance, app: { members: new Set<string>() } })
// @ts-expect-error: 'app' is missing
new Server({ codec: httpHead(), connection: Entrance })
// @ts-expect-error: is not assignable to type
new Server({ codec: webSocket(), connection: Entrance, app: { members: new Set<string>() } })

const free: Free = await connectWebSocket({ url: 'ws://a/', connection: Free })
void free
await connectWebSocket({ url: 'ws://a/', connection: Chat, app: { members: new Set<string>() } })
// @ts-expect-error: 'app' is missing
await connectWebSocket({ url: 'ws://a/', connection: Chat })

function kinds(message: WebSocketMessage): string | Uint8Array | number {
  if (message.type === 'close') return message.code
  return message.data
}
void kinds
