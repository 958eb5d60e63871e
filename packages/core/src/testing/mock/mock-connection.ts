import type { Codec } from '../../codec/index.js'
import type { AnyConnection } from '../../connection/channel-host.js'
import type { CloseReason } from '../../connection/close-reason.js'
import type { AppOf, Handler } from '../../connection/handler.js'
import { PAUSED, WAITING } from '../../connection/state.js'
import type { ErrorCode } from '../../errors/index.js'
import type { CommonServerOptions } from '../../server/options.js'
import { BUFFERED, VITALS } from '../../time/vitals.js'
import { MemoryReactor } from '../memory/memory-reactor.js'
import type { MemoryStream } from '../memory/memory-stream.js'
import type { Bytes } from '../verify/pieces.js'
import { MockPeer } from './peer.js'
import { type ConnectionEvent, noting } from './recorder.js'
import { Side } from './side.js'

/** How long a peer may take to end its side after this one has; see `Connection.close`. In milliseconds. */
const LINGER = 2500

/** A clock that stands still until it is told to go on. */
export interface MockClock {
  /** In milliseconds. */
  now(): number
  /** Lets `duration` milliseconds pass; what is due meanwhile is done. */
  tick(duration: number): void
}

/** What a mock needs to know; besides, the options of a server that concern its connections. */
export type MockOptions<In, Out, PeerIn, PeerOut, App> = {
  /** The codec under which the class serves. */
  readonly codec: Codec<In, Out>
  /**
   * How the peer speaks: then `receive` takes messages too, and `sent` is what the peer decodes. Without it `receive` takes bytes,
   * and `sent` is what the class has given to `send`.
   */
  readonly peer?: Codec<PeerIn, PeerOut>
} & (unknown extends App ? { readonly app?: unknown } : { readonly app: App }) &
  CommonServerOptions

/**
 * Makes a connection of a class that is under test, with everything of a real one but the socket. Each call runs until nothing is
 * left to do; time passes when its clock is told so.
 *
 * @throws ShinyError `ERR_OPTION` for a bad option, and whatever the constructor throws.
 *
 * @example
 * ```ts
 * import { Connection } from '@shiny/core'
 * import { mockConnection } from '@shiny/core/testing'
 * import { line } from '@shiny/codecs'
 *
 * class Echo extends Connection<string> {
 *   override onMessage(text: string): void {
 *     this.send(text.toUpperCase())
 *   }
 * }
 *
 * const echo = mockConnection(Echo, { codec: line() })
 * echo.receive('he', 'llo\n')
 * console.log(echo.sent) // ['HELLO']
 * echo.finish()
 * ```
 */
export function mockConnection<
  In,
  Out,
  H extends Handler<NoInfer<In>, NoInfer<Out>, unknown>,
  PeerIn = Out,
  PeerOut = Bytes
>(
  connection: H,
  options: MockOptions<In, Out, PeerIn, PeerOut, AppOf<H>>
): MockConnection<InstanceType<H>, In, PeerIn, PeerOut> {
  return new MockConnection(connection as unknown as new () => AnyConnection, options as never)
}

/** A connection under test; see {@link mockConnection}. */
export class MockConnection<C, In, Sent, Received> {
  /** Time, as this connection sees it. */
  readonly clock: MockClock
  readonly #reactor = new MemoryReactor()
  readonly #side: Side
  readonly #stream: MemoryStream
  readonly #peer: MockPeer
  readonly #sent: unknown[] = []
  readonly #promises: string[] = []
  #finished = false

  /** Use {@link mockConnection}. */
  constructor(
    connection: new () => AnyConnection,
    { peer, codec, ...rest }: { readonly codec: Codec<unknown, unknown>; readonly peer?: Codec<unknown, unknown> }
  ) {
    this.#side = new Side(this.#reactor, { ...rest, connection, codec: noting(codec, this.#sent) })
    this.clock = { now: () => this.#reactor.now(), tick: (duration) => this.#reactor.loop.tick(duration) }
    this.#stream = this.#reactor.dial(this.#side.acceptor)
    this.#peer = new MockPeer(this.#stream, peer)
    if (peer !== undefined) this.#sent = this.#peer.heard
    this.run()
    if (this.#side.failure !== null) throw this.#side.failure
  }

  /** The instance under test; after an upgrade, the handler that followed it. */
  get connection(): C {
    return this.#side.connection as unknown as C
  }

  /** What it was told, in order. */
  get events(): readonly ConnectionEvent<In>[] {
    this.run()
    return this.#side.events as ConnectionEvent<In>[]
  }

  /** What it has sent. */
  get sent(): readonly Sent[] {
    this.run()
    return this.#sent as Sent[]
  }

  /** The bytes that have arrived at the peer. */
  get written(): Uint8Array {
    this.run()
    return this.#peer.bytes
  }

  /** Whether this side has ended the stream, as the peer sees it. */
  get ended(): boolean {
    this.run()
    return this.#peer.ended
  }

  /** Why it was closed; null while it is not. */
  get closed(): CloseReason | null {
    const last = this.events.findLast((event) => event.type === 'close')
    return last?.type === 'close' ? last.reason : null
  }

  /** Bytes that were received and that no message was made of yet. */
  get leftover(): number {
    this.run()
    const { channel } = this.#side
    return channel === null || this.closed !== null
      ? 0
      : (this.#reactor.vitals[VITALS * channel.slot + BUFFERED] as number)
  }

  /** The peer sends bytes, or messages if it has a codec. Each arrives by itself. */
  receive(...items: (Received | Uint8Array)[]): this {
    for (const item of items) {
      this.#peer.send(item)
      this.run()
    }
    return this
  }

  /** From now on the peer takes nothing. */
  stall(): this {
    this.#stream.window = 0
    this.#stream.makesRoom = false
    return this
  }

  /** The peer takes `count` bytes, or all there are and will be. */
  drain(count: number = Number.POSITIVE_INFINITY): this {
    this.#stream.widen(count)
    return this.run()
  }

  /** The peer ends its side. */
  peerEnd(): this {
    this.#stream.end()
    return this.run()
  }

  /** The peer resets the connection. */
  peerReset(): this {
    this.#stream.peer.fail('ECONNRESET')
    return this.run()
  }

  /** Runs what there is to do. The other methods do so by themselves; it is needed after an action of the connection alone. */
  run(): this {
    this.#reactor.loop.run()
    return this
  }

  /** Waits for the promises of handlers that depend on nothing outside. */
  async settled(): Promise<this> {
    for (let turns = 0; turns < 3; turns++) {
      this.run()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return this.run()
  }

  /** Has {@link MockConnection.finish} fail unless what is promised, `what`, has been done; for scripts. Returns what says that it was. */
  promise(what: string): () => void {
    this.#promises.push(what)
    return () => void this.#promises.splice(this.#promises.indexOf(what), 1)
  }

  /**
   * Ends the peer's side, if it has not ended, and makes sure that nothing is left: all bytes were made messages of, all output
   * has been taken, the connection is closed, and not because of an error, or because of one with the given `code`.
   *
   * @returns why the connection was closed.
   */
  finish(code?: ErrorCode): CloseReason {
    this.#finished = true
    if (this.closed === null && !this.#stream.isEnded) this.peerEnd()
    if (this.closed === null) this.clock.tick(LINGER)
    const { closed } = this
    if (closed === null) throw new Error(`the connection is not clean: ${this.#whatIsLeft()}`)
    if (this.#promises.length > 0) throw new Error(`the connection is not clean: ${this.#promises.join(', ')}`)
    const found = (closed.error as { readonly code?: string } | null)?.code
    if (closed.error !== null && (code === undefined || found !== code))
      throw new Error(`the connection was closed by an error: ${closed.error.message}`, { cause: closed.error })
    if (closed.error === null && code !== undefined)
      throw new Error(`the connection was closed without the error ${code}`)
    return closed
  }

  /** {@link MockConnection.finish}, unless that was called before, so that with `using` nothing is forgotten. */
  [Symbol.dispose](): void {
    if (!this.#finished) this.finish()
  }

  #whatIsLeft(): string {
    const { channel } = this.#side
    if (channel === null) return 'it was refused'
    const left = [`${this.leftover} bytes are undelivered`, `${channel.queued} bytes are unsent`]
    if ((channel.state & PAUSED) !== 0) left.push('it is paused')
    if ((channel.state & WAITING) !== 0) left.push('a handler has not settled; await settled() first')
    return `it is open, ${left.join(', ')}`
  }
}
