import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import type { ReactorKind } from './reactors.js'

/** A server of lines beside a server of datagrams. */
export class EchoLines extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }

  static server(reactor: ReactorKind): Server<string> {
    return new Server({ codec: line(), connection: EchoLines, reactor })
  }
}
