import type { StreamSocket } from '../../reactor/portable/stream-socket.js'

/** How bytes travel between two streams. */
export interface Transport {
  /** Calls back when the loop runs. */
  soon(call: () => void): void
  /** How many of `length` bytes travel together, at least 1. */
  portion(length: number): number
}

type Written = { bytes: Buffer; readonly written: () => void }

/**
 * One end of a connection in memory, of the shape of Node's sockets: what it writes arrives at its peer in pieces, in order, as
 * far as the peer takes it.
 */
export class MemoryStream implements StreamSocket {
  destroyed = false
  writableFinished = false
  /** How many bytes more it takes, as a socket's buffer in the kernel has so much room. */
  window = Number.POSITIVE_INFINITY
  /** Whether what is read makes room for as much. */
  makesRoom = true
  /** Whom it is connected to; set when the connection is made. */
  peer!: MemoryStream
  readonly #transport: Transport
  readonly #data: ((chunk: Buffer) => void)[] = []
  readonly #errors: ((error: NodeJS.ErrnoException) => void)[] = []
  readonly #listeners = { end: [] as (() => void)[], finish: [] as (() => void)[], close: [] as (() => void)[] }
  readonly #outgoing: Written[] = []
  readonly #incoming: Buffer[] = []
  #paused = false
  #ending = false
  #peerEnded = false
  #endTold = false
  #closed = false
  #scheduled = false

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Two ends that are connected. */
  static pair(transport: Transport): [MemoryStream, MemoryStream] {
    const one = new MemoryStream(transport)
    const other = new MemoryStream(transport)
    one.peer = other
    other.peer = one
    return [one, other]
  }

  /** Bytes that the peer has not taken. */
  get writableLength(): number {
    return this.#outgoing.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  /** Whether this side will write nothing more. */
  get isEnded(): boolean {
    return this.#ending
  }

  on(event: string, listener: (value: never) => void): this {
    if (event === 'data') {
      this.#data.push(listener as (chunk: Buffer) => void)
      this.#wake()
    } else if (event === 'error') this.#errors.push(listener as (error: NodeJS.ErrnoException) => void)
    else this.#listeners[event as 'end' | 'finish' | 'close'].push(listener as () => void)
    return this
  }

  write(bytes: Buffer, written: () => void): void {
    if (this.destroyed || this.#ending) return
    this.#outgoing.push({ bytes: Buffer.from(bytes), written })
    this.#wake()
  }

  end(): void {
    this.#ending = true
    this.#wake()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#wake()
  }

  /** Closes; the peer reads to the end of what has travelled. */
  destroy(): void {
    this.#tearDown()
    const { peer } = this
    if (!peer.destroyed && !peer.#peerEnded) {
      peer.#peerEnded = true
      peer.#wake()
    }
  }

  /** Closes; the peer is told of a reset. */
  resetAndDestroy(): void {
    this.#tearDown()
    this.peer.fail('ECONNRESET')
  }

  /** The peer has reset the connection, or something else that the system calls `errno` has happened. */
  fail(errno: string): void {
    if (this.destroyed) return
    this.#transport.soon(() => {
      if (this.destroyed) return
      for (const listener of this.#errors) listener(Object.assign(new Error(errno), { code: errno }))
      this.#tearDown()
    })
  }

  ref(): void {}
  unref(): void {}

  #tearDown(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.#outgoing.length = 0
    this.#incoming.length = 0
    this.#close()
  }

  #wake(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#transport.soon(() => {
      this.#scheduled = false
      this.#work()
    })
  }

  /** Sends one portion and takes one; whoever has more to do comes again. */
  #work(): void {
    if (this.destroyed) return
    const more = this.#sendOne()
    const rest = this.#takeOne()
    if (more || rest) this.#wake()
    if (this.writableFinished && this.#endTold && !this.destroyed) {
      this.destroyed = true
      this.#close()
    }
  }

  /** What the peer can still take; a peer that is gone takes all. */
  #sendOne(): boolean {
    const { peer } = this
    const first = this.#outgoing[0]
    if (first === undefined) {
      if (this.#ending && !this.writableFinished) this.#finish()
      return false
    }
    const room = Math.min(peer.window, first.bytes.length)
    if (room === 0 && first.bytes.length > 0) return false
    const count = room === 0 ? 0 : Math.min(room, this.#transport.portion(room))
    if (!peer.destroyed && count > 0) {
      peer.window -= count
      peer.#incoming.push(first.bytes.subarray(0, count))
      peer.#wake()
    }
    first.bytes = first.bytes.subarray(count)
    if (first.bytes.length === 0) {
      this.#outgoing.shift()
      first.written()
    }
    return true
  }

  #finish(): void {
    this.writableFinished = true
    for (const listener of this.#listeners.finish) listener()
    if (this.peer.destroyed) return
    this.peer.#peerEnded = true
    this.peer.#wake()
  }

  #takeOne(): boolean {
    if (this.#paused || this.#data.length === 0) return false
    const chunk = this.#incoming.shift()
    if (chunk !== undefined) {
      if (this.makesRoom) this.widen(chunk.length)
      for (const listener of this.#data) listener(chunk)
      return this.#incoming.length > 0 || this.#peerEnded
    }
    if (!this.#peerEnded || this.#endTold) return false
    this.#endTold = true
    for (const listener of this.#listeners.end) listener()
    return false
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#transport.soon(() => {
      for (const listener of this.#listeners.close) listener()
    })
  }

  /** Takes so many bytes more. */
  widen(count: number): void {
    this.window += count
    this.peer.#wake()
  }
}
