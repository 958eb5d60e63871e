import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { serveShiny } from './serve-shiny.js'

/** Sends back each line. */
class LineEcho extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }
}

await serveShiny('line-echo', new Server({ codec: line(), connection: LineEcho }))
