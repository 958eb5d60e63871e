// Loads the packages, listens and ends: how long this takes is how long a server takes until it serves.
import { bytes } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'

class RawEcho extends Connection<Uint8Array> {
  override onMessage(chunk: Uint8Array): void {
    this.send(chunk)
  }
}

const server = new Server({ codec: bytes(), connection: RawEcho })
await server.listen({ host: '127.0.0.1', port: 0 })
process.exit(0)
