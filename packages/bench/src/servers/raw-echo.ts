import { bytes } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { serveShiny } from './serve-shiny.js'

/** Sends back each chunk as it is. */
class RawEcho extends Connection<Uint8Array> {
  override onMessage(chunk: Uint8Array): void {
    this.send(chunk)
  }
}

await serveShiny('raw-echo', new Server({ codec: bytes({ borrow: true }), connection: RawEcho }))
