import { type ByteReader, type Codec, type Decoder, NEED_MORE } from '../codec/index.js'
import { Connection } from '../connection/connection.js'
import { type ErrorCode, ShinyError } from '../errors/index.js'
import { MockConnection } from './mock/mock-connection.js'
import { Bench } from './verify/bench.js'
import { CodecFault } from './verify/codec-fault.js'
import type { DecodeEvent } from './verify/drive.js'
import { type Bytes, bytesOf, cut, join } from './verify/pieces.js'
import { snapshot } from './verify/snapshot.js'
import type { VerifyOptions } from './verify/vectors.js'

/** What a handler does inside a message. */
const ACTIONS = ['pause', 'close', 'halfClose', 'destroy', 'throw', 'wait', 'send', 'limit', 'upgrade'] as const
type Action = (typeof ACTIONS)[number]
/** After which messages go on. */
const INSIDE = { send: 'a message sent', limit: 'its own limits set', halfClose: 'this side ended' }

/** How interrupts are tried. */
export interface InterruptOptions<In, Out, Shown> extends Pick<VerifyOptions<In, Shown>, 'show' | 'joinable'> {
  /** A message that may be sent inside a message; without it that is not tried. */
  readonly send?: Out
}

/** What has been tried, and found in order. */
export interface InterruptReport {
  /** Messages in the bytes. */
  readonly messages: number
  /** Connections that were interrupted. */
  readonly runs: number
}

/**
 * Interrupts a connection inside each of the messages that `bytes` come to, by everything that a handler may do there: it pauses,
 * closes, half-closes, destroys, throws, returns a promise, sends, sets the codec's limits to what they are, or upgrades. Then makes sure that what was to be delivered is
 * delivered, once and in order, and nothing else; and that an upgrade gets exactly the bytes that are left, or is refused because the
 * codec says that it keeps something.
 *
 * @throws {@link CodecFault}
 */
export async function verifyInterrupts<In, Out, Shown = In>(
  codec: Codec<In, Out>,
  bytes: Bytes,
  options: InterruptOptions<NoInfer<In>, NoInfer<Out>, Shown> = {}
): Promise<InterruptReport> {
  const sweep = new Sweep(
    codec as Codec<unknown, unknown>,
    bytesOf(bytes),
    options as InterruptOptions<never, unknown, unknown>
  )
  await sweep.run()
  return { messages: sweep.messages.length, runs: sweep.runs }
}

/** What an interrupted connection has come to. */
interface Seen {
  readonly messages: unknown[]
  readonly rest: Uint8Array[]
  /** Whether an upgrade was refused, since the codec keeps something. */
  kept: boolean
}

class Sweep {
  readonly messages: unknown[]
  runs = 0
  readonly #codec: Codec<unknown, unknown>
  readonly #bytes: Uint8Array
  readonly #options: InterruptOptions<never, unknown, unknown>
  readonly #bench: Bench

  constructor(codec: Codec<unknown, unknown>, bytes: Uint8Array, options: InterruptOptions<never, unknown, unknown>) {
    this.#codec = codec
    this.#bytes = bytes
    this.#options = options
    this.#bench = new Bench(codec as Codec<unknown, never>, options)
    const { events } = this.#bench.run([bytes])
    this.messages = events.map((event) => {
      if ('message' in event) return event.message
      throw new CodecFault('vector', `interrupts need whole messages, and there is ${event.code}`, { pieces: [bytes] })
    })
  }

  async run(): Promise<void> {
    const half = this.#bytes.length >> 1
    const splits = [[this.#bytes], cut(this.#bytes, [half]), cut(this.#bytes, everyByte(this.#bytes.length))]
    for (let k = 0; k < this.messages.length; k++) {
      for (const action of ACTIONS) {
        if (action === 'send' && this.#options.send === undefined) continue
        for (const pieces of splits) await this.#interrupt(k, action, pieces)
      }
    }
  }

  async #interrupt(k: number, action: Action, pieces: readonly Uint8Array[]): Promise<void> {
    this.runs++
    const seen: Seen = { messages: [], rest: [], kept: false }
    const mock = this.#connect(k, action, seen)
    for (const piece of pieces) mock.receive(piece)
    const place = { codec: this.#codec.name, vector: `${action} in message ${k}`, pieces }
    const expect = (messages: readonly unknown[], what: string) => {
      const difference = this.#bench.difference(messages.map(event), seen.messages.map(event))
      if (difference !== undefined) throw new CodecFault('interrupt', `${what} there is ${difference}`, place)
    }
    const before = this.messages.slice(0, k + 1)
    if (action === 'send' || action === 'limit' || action === 'halfClose')
      expect(this.messages, `with ${INSIDE[action]} inside`)
    else if (seen.kept) expect(this.messages, 'with an upgrade refused inside')
    else expect(before, `after ${action}`)
    if (action === 'pause') (mock.connection as Connection).resume()
    await mock.settled()
    if (action === 'pause' || action === 'wait') expect(this.messages, `when it goes on after ${action},`)
    if (action === 'upgrade' && !seen.kept) this.#checkRest(k, seen, place)
    mock.peerEnd()
    if (mock.closed === null) mock.clock.tick(3000)
    if (mock.closed === null) throw new CodecFault('interrupt', 'it does not close when the peer has ended', place)
  }

  /** What the next handler got is what is left, and comes to the messages that are left. */
  #checkRest(k: number, { rest }: Seen, place: object): void {
    const bytes = join(rest)
    const tail = this.#bytes.subarray(this.#bytes.length - bytes.length)
    if (Buffer.compare(bytes, tail) !== 0)
      throw new CodecFault('interrupt', 'what is left is not the end of the bytes', place)
    // Where the messages do not begin anew, what is left means nothing by itself: then it is what had been taken that is looked at.
    const whole = this.#options.joinable ?? true
    const looked = whole ? bytes : this.#bytes.subarray(0, this.#bytes.length - bytes.length)
    const wanted = whole ? this.messages.slice(k + 1) : this.messages.slice(0, k + 1)
    const difference = this.#bench.difference(wanted.map(event), this.#bench.run([looked]).events)
    if (difference === undefined) return
    const what = whole ? 'left after' : 'taken before'
    throw new CodecFault('interrupt', `what is ${what} an upgrade makes ${difference}`, place)
  }

  #connect(k: number, action: Action, seen: Seen): MockConnection<unknown, unknown, unknown, Bytes> {
    const show = (this.#options.show ?? ((message: unknown) => message)) as (message: unknown) => unknown
    const { send } = this.#options
    class Next extends Connection<Uint8Array, unknown> {
      override onMessage(message: Uint8Array): void {
        seen.rest.push(message)
      }
    }
    class Interrupted extends Connection<unknown, unknown> {
      override onMessage(message: unknown): void | Promise<void> {
        seen.messages.push(snapshot(show(message)))
        if (seen.messages.length !== k + 1) return
        if (action === 'pause') this.pause()
        else if (action === 'close') this.close()
        else if (action === 'destroy') this.destroy()
        else if (action === 'throw') throw new Error('thrown inside a message')
        else if (action === 'wait') return Promise.resolve()
        else if (action === 'send') this.send(send)
        else if (action === 'halfClose') this.halfClose()
        else if (action === 'limit') unless('ERR_OPTION', () => this.setLimits({ codec: {} }))
        else seen.kept = unless('ERR_LEFTOVER', () => this.upgrade(raw, Next))
      }

      /** What is thrown is expected. */
      override onError(): void {}
    }
    return new MockConnection(Interrupted, { codec: this.#codec })
  }
}

/** Does what a codec may refuse by `code`; answers whether it has. */
function unless(code: ErrorCode, action: () => unknown): boolean {
  try {
    action()
    return false
  } catch (error) {
    if (error instanceof ShinyError && error.code === code) return true
    throw error
  }
}

function event(message: unknown): DecodeEvent {
  return { message }
}

function everyByte(length: number): number[] {
  return Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1)
}

/** Takes everything as it comes. */
const raw: Codec<Uint8Array, unknown> = {
  name: 'raw',
  maxBuffered: Number.MAX_SAFE_INTEGER,
  decoder: (): Decoder<Uint8Array> => ({
    decode: (src: ByteReader) => (src.length === 0 ? NEED_MORE : src.takeBytes(src.length))
  }),
  encoder: () => ({ encode: () => undefined })
}
