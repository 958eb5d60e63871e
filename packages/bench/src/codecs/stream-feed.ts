import { once } from 'node:events'
import type { Transform } from 'node:stream'
import type { Feed, Sink } from './study.js'

/** Decodes by a Transform stream, as a socket that is piped into it would. */
export class StreamFeed implements Feed {
  readonly #stream: Transform

  constructor(stream: Transform, sink: Sink) {
    this.#stream = stream
    stream.on('data', (message: unknown) => sink.onMessage(message))
  }

  write(piece: Buffer): Promise<void> | undefined {
    return this.#stream.write(piece) ? undefined : this.#drained()
  }

  async #drained(): Promise<void> {
    await once(this.#stream, 'drain')
  }
}
