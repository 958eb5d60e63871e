import { same, show, snapshot } from '../verify/snapshot.js'
import type { MockConnection } from './mock-connection.js'

interface Step {
  readonly what: string
  readonly run: () => void | Promise<void>
}

/**
 * A conversation with a connection under test, step by step. {@link Script.run} plays it; a step that is not reached, and a message
 * that is sent and not expected, is an error, and so is a script that is never run.
 *
 * @example
 * ```ts
 * import { Connection } from '@shiny/core'
 * import { mockConnection, script } from '@shiny/core/testing'
 * import { line } from '@shiny/codecs'
 *
 * class Polite extends Connection<string> {
 *   override onOpen(): void {
 *     this.send('hello')
 *   }
 *   override onMessage(text: string): void {
 *     if (text === 'bye') this.end('goodbye')
 *   }
 * }
 *
 * const polite = mockConnection(Polite, { codec: line() })
 * await script(polite).expect('hello').receive('bye\n').expect('goodbye').expectClose().run()
 * ```
 */
export function script<C, In, Sent, Received>(
  connection: MockConnection<C, In, Sent, Received>
): Script<Sent, Received> {
  return new Script(connection)
}

/** See {@link script}. */
export class Script<Sent, Received> {
  readonly #mock: MockConnection<unknown, unknown, Sent, Received>
  readonly #steps: Step[] = []
  readonly #kept: () => void
  /** How many of the messages sent have been expected. */
  #expected = 0

  /** Use {@link script}. */
  constructor(mock: MockConnection<unknown, unknown, Sent, Received>) {
    this.#mock = mock
    this.#kept = mock.promise('a script was not run to its end')
  }

  /** The peer sends; see {@link MockConnection.receive}. */
  receive(...items: (Received | Uint8Array)[]): this {
    return this.#step(`receive ${items.map(show).join(', ')}`, () => {
      if (this.#mock.closed !== null) throw new Error('the connection is closed already')
      this.#mock.receive(...items)
    })
  }

  /** The next messages that the connection sends. */
  expect(...messages: Sent[]): this {
    return this.#step(`expect ${messages.map(show).join(', ')}`, () => {
      for (const message of messages) {
        const { sent } = this.#mock
        if (this.#expected >= sent.length) throw new Error(`expected ${show(message)}, and nothing was sent`)
        const found = sent[this.#expected++]
        if (!same(snapshot(message), found)) throw new Error(`expected ${show(message)}, and ${show(found)} was sent`)
      }
    })
  }

  /** Lets `duration` milliseconds pass; nothing that is not expected may be sent meanwhile. */
  wait(duration: number): this {
    return this.#step(`wait ${duration} ms`, () => {
      this.#nothingMore()
      this.#mock.clock.tick(duration)
    })
  }

  /** The connection closes, by whom and with which error does not matter unless `code` is given. */
  expectClose(code?: string): this {
    return this.#step('expectClose', () => {
      if (this.#mock.closed === null && this.#mock.ended) this.#mock.peerEnd()
      const { closed } = this.#mock
      if (closed === null) throw new Error('the connection is open')
      const found = (closed.error as { readonly code?: string } | null)?.code
      if (code !== undefined && found !== code)
        throw new Error(`expected an end by ${code}, and it was ${found ?? closed.by}`)
    })
  }

  /** Plays the script. */
  async run(): Promise<void> {
    for (const [index, { what, run }] of this.#steps.entries()) {
      await this.#mock.settled()
      try {
        await run()
      } catch (error) {
        const unused = this.#steps.slice(index + 1).map((step) => step.what)
        const rest = unused.length === 0 ? '' : `\nunused steps: ${unused.join('; ')}`
        throw new Error(`step ${index + 1}, ${what}: ${(error as Error).message}${rest}`, { cause: error })
      }
    }
    await this.#mock.settled()
    this.#nothingMore()
    this.#kept()
  }

  #nothingMore(): void {
    const more = this.#mock.sent.slice(this.#expected)
    if (more.length > 0) throw new Error(`nobody expects what was sent: ${more.map(show).join(', ')}`)
  }

  #step(what: string, run: () => void): this {
    this.#steps.push({ what, run })
    return this
  }
}
